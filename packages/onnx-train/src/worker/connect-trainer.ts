/** The user's end: a trainer whose work is done in another thread. */
import { encodeModel, type OnnxModel } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { outputOf } from "../loss-gradients.js";
import { lossOf } from "../losses/index.js";
import { prepareModel } from "../model/prepare.js";
import { chooseTrainable } from "../model/trainable.js";
import { decayMultiples } from "../optimizers/apply.js";
import { checkTrainerOptions } from "../options.js";
import type { Trainer, TrainerOptions } from "../trainer/trainer.js";
import type { TrainingModelInfo } from "../training-model.js";
import { type Call, isAnswer, type Method, type PlainOptions, packFeeds, unpackError } from "./messages.js";
import { onEnd, onMessage, type Port } from "./port.js";

/** As those of a trainer; onnxruntime is the worker's. */
export type RemoteOptions = Omit<TrainerOptions, "ort">;

interface Pending {
  resolve(result: never): void;
  reject(error: Error): void;
}

/**
 * A trainer in a worker that calls {@link serveTrainer}: the same interface, while this thread stays free. The worker is the
 * caller's: it may have several trainers, and is terminated when they are disposed of.
 *
 * @param port The worker, or a message port to it.
 * @param model ONNX bytes or the decoded model; it is copied.
 * @throws OnnxTrainError as {@link createTrainer}, and when the worker ends.
 * @example
 * const worker = new Worker(new URL("./trainer-worker.js", import.meta.url));
 * const trainer = await connectTrainer(worker, bytes, { loss: "mse", optimizer: adam() });
 */
export async function connectTrainer(
  port: Port,
  model: Uint8Array | OnnxModel,
  options: RemoteOptions,
): Promise<Trainer> {
  const bytes = model instanceof Uint8Array ? model : encodeModel(model);
  const plain = plainOptions(bytes, options);
  const key = Math.random();
  const pending = new Map<number, Pending>();
  let ended: OnnxTrainError | undefined;
  let disposed: Promise<void> | undefined;
  let calls = 0;

  const call = <T>(method: Call["method"], ...args: readonly unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      if (disposed && method !== "dispose") return reject(new OnnxTrainError("the trainer is disposed"));
      const id = ++calls;
      // What cannot be copied to the worker throws here, and no answer to it will come.
      port.postMessage({ key, id, method, args });
      pending.set(id, { resolve, reject });
    });
  const stopMessages = onMessage(port, (message) => {
    if (!isAnswer(message) || message.key !== key) return;
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if ("error" in message) waiting?.reject(unpackError(message.error));
    else waiting?.resolve(message.result as never);
  });
  const stopEnd = onEnd(port, (reason) => {
    ended = new OnnxTrainError(`the trainer's worker has ended: ${reason}`);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  });

  /** The port outlives its trainers: nothing of theirs stays on it. */
  const leave = () => {
    stopMessages();
    stopEnd();
  };
  const create = () => call<TrainingModelInfo>("create", bytes, plain);

  const through =
    <M extends Method>(method: M) =>
    (...args: Parameters<Trainer[M]>) =>
      call<never>(method, ...args);
  return {
    info: await create().catch((error: unknown) => {
      leave();
      throw error;
    }),
    step: async (batch, rates) => call("step", packFeeds(batch), rates),
    advance: async (batch, rates) => call("advance", packFeeds(batch), rates),
    enqueue: async (batch, rates) => call("enqueue", packFeeds(batch), rates),
    results: through("results"),
    evaluate: async (batch, given) => call("evaluate", packFeeds(batch), given),
    predict: async (inputs, given) => call("predict", packFeeds(inputs), given),
    gradients: async (batch) => call("gradients", packFeeds(batch)),
    parameters: through("parameters"),
    averages: through("averages"),
    runningStatistics: through("runningStatistics"),
    loadParameters: through("loadParameters"),
    optimizerState: through("optimizerState"),
    loadOptimizerState: through("loadOptimizerState"),
    checkpoint: through("checkpoint"),
    restore: through("restore"),
    export: through("export"),
    dispose: () => {
      disposed ??= (ended ? Promise.resolve() : call<void>("dispose")).finally(leave);
      return disposed;
    },
  };
}

/** Choices by function are made here, for functions cannot be sent. */
function plainOptions(bytes: Uint8Array, options: RemoteOptions): PlainOptions {
  checkTrainerOptions("connectTrainer", options, ["ort"]);
  const { loss: given, optimizer, trainable, ...rest } = options;
  const { name, params, output } = lossOf(given);
  const prepared = prepareModel(bytes, rest);
  const chosen = chooseTrainable(prepared, outputOf(prepared, output ?? rest.output), trainable);
  const parameters = chosen.map((parameter) => ({ name: parameter, dims: prepared.tensors.get(parameter)!.dims }));
  return {
    ...rest,
    loss: { name, params },
    optimizer: { name: optimizer.name, params: optimizer.params },
    ...(trainable !== undefined && { trainable: chosen }),
    decay: decayMultiples(optimizer, parameters),
  };
}
