/** One call at a time. */
import { OnnxTrainError } from "../errors.js";

export interface Queue {
  /** Runs work when all that was asked for before is done. Rejects when the queue is closed. */
  queued<T>(work: () => Promise<T>): Promise<T>;
  /** Takes no more work, and runs the last piece when the rest is done; again: does nothing. */
  close(work: () => Promise<void>): Promise<void>;
}

/** Two sessions running at once are not safe on every provider, and steps depend on each other. */
export function queue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  return {
    queued(work) {
      if (closed) return Promise.reject(new OnnxTrainError("the trainer is disposed"));
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    close(work) {
      closed ??= last.then(work);
      return closed;
    },
  };
}
