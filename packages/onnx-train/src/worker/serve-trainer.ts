/** The worker's end: a trainer that does what messages ask. */
import { OnnxTrainError } from "../errors.js";
import { makeLoss } from "../losses/index.js";
import { makeOptimizer } from "../optimizers/index.js";
import { createTrainer } from "../trainer/create-trainer.js";
import type { Feeds } from "../trainer/feeds.js";
import type { Ort } from "../trainer/ort.js";
import type { Output, Trainer } from "../trainer/trainer.js";
import {
  type Answer,
  type Call,
  isCall,
  type Method,
  type PlainOptions,
  packOutputs,
  unpackFeeds,
} from "./messages.js";
import { onMessage, type Port } from "./port.js";

const WITH_FEEDS: ReadonlySet<Method> = new Set(["step", "advance", "enqueue", "evaluate", "predict", "gradients"]);

/**
 * Makes this worker the home of a trainer; {@link connectTrainer} in another thread is its user.
 *
 * @param port `parentPort` of node:worker_threads, or `self` in a browser's worker.
 * @example
 * // trainer-worker.js
 * import { parentPort } from "node:worker_threads";
 * serveTrainer(parentPort, { ort });
 */
export function serveTrainer(port: Port, { ort }: { readonly ort: Ort }): void {
  const trainers = new Map<number, Promise<Trainer>>();
  const create = async (key: number, bytes: Uint8Array, { loss, optimizer, decay, ...rest }: PlainOptions) => {
    const trainer = createTrainer(bytes, {
      ...rest,
      ort,
      loss: makeLoss(loss.name, loss.params),
      optimizer: makeOptimizer(optimizer.name, optimizer.params, (name) => decay.get(name) ?? 0),
    });
    trainers.set(key, trainer);
    trainer.catch(() => trainers.delete(key));
    return (await trainer).info;
  };
  const run = async (call: Call): Promise<unknown> => {
    if (call.method === "create") return create(call.key, ...call.args);
    const own = await trainers.get(call.key);
    if (!own) throw new OnnxTrainError(`"${call.method}" before "create": there is no trainer yet`);
    if (call.method === "dispose") trainers.delete(call.key);
    if (typeof own[call.method] !== "function") throw new OnnxTrainError(`a trainer has no method "${call.method}"`);
    const [first, ...others] = call.args;
    const args = WITH_FEEDS.has(call.method) ? [unpackFeeds(ort, first as Feeds), ...others] : call.args;
    const result = await (own[call.method] as (...values: readonly unknown[]) => Promise<unknown>)(...args);
    return call.method === "predict" ? packOutputs(result as Record<string, Output>) : result;
  };
  onMessage(port, (message) => {
    if (!isCall(message)) return;
    const { key, id } = message;
    const answer = (value: Answer) => port.postMessage(value);
    run(message).then(
      (result) => answer({ key, id, result }),
      ({ name, message: text }: Error) => answer({ key, id, error: { name, message: text } }),
    );
  });
}
