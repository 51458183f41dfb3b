/** A learner whose device may go away. */
import type { Learner } from "../engines/engine.js";
import { explainGpuError } from "./explainGpuError.js";
import { keepAlive } from "./keepAlive.js";

/** What a device reports beside the calls: `GPUDevice` has these. */
export interface WatchedDevice {
  readonly lost: Promise<{ readonly reason?: string; readonly message?: string }>;
  addEventListener?(type: "uncapturederror", listener: (event: { error: { message: string } }) => void): void;
}

/** What went wrong on a device since it was first watched. */
export interface DeviceWatch {
  /** Settles as `call` does, or rejects when the device is lost. */
  orLost<T>(call: Promise<T>): Promise<T>;
  /** The first error that no call was told of. */
  failure(): Error | undefined;
}

/** Starts to listen. */
export function watchDevice(device: WatchedDevice): DeviceWatch {
  let first: Error | undefined;
  device.addEventListener?.("uncapturederror", ({ error }) => {
    first ??= explainGpuError(error.message);
  });
  const waiting = new Set<(reason: Error) => void>();
  void device.lost.then(({ message, reason }) => {
    first ??= explainGpuError(`device lost: ${message || reason || "no reason given"}`);
    for (const reject of waiting) reject(first);
  });
  return {
    // No Promise.race with `device.lost`: that promise would keep every call's result for as long as the device lives.
    orLost: (call) =>
      new Promise((resolve, reject) => {
        const settle = (done: () => void) => {
          waiting.delete(reject);
          done();
        };
        waiting.add(reject);
        call.then(
          (value) => settle(() => resolve(value)),
          (error) => settle(() => reject(error)),
        );
      }),
    failure: () => first,
  };
}

/**
 * The same learner, whose calls end with an explanation when the device is lost, and when it reported an error that the
 * framework does not pass on: what it computes after that is not to be trusted.
 */
export function guardLearner(learner: Learner, watch: DeviceWatch): Learner {
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    const before = watch.failure();
    if (before) throw before;
    let value: T;
    try {
      value = await keepAlive(watch.orLost(call()));
    } catch (error) {
      throw watch.failure() ?? explainGpuError(error);
    }
    const after = watch.failure();
    if (after) throw after;
    return value;
  };
  const { queue } = learner;
  return {
    step: (batch, rate) => guarded(() => learner.step(batch, rate)),
    ...(queue && {
      queue: {
        push: (batch, rate) => guarded(() => queue.push(batch, rate)),
        losses: () => guarded(() => queue.losses()),
      },
    }),
    logits: (inputs, size) => guarded(() => learner.logits(inputs, size)),
    weights: () => guarded(() => learner.weights()),
    dispose: () => learner.dispose(),
  };
}
