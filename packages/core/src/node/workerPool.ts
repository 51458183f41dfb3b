/** A pool of Node's worker threads. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { readOptions } from "../initializers/check.js";
import { createPool, type WorkerPool } from "../large/pool.js";

/** Options of {@link workerPool}. */
export interface WorkerPoolOptions {
  /** Number of threads, an integer >= 1. Default: as many as the machine runs at once, 8 at most. */
  readonly size?: number;
  /** The threads' module, for programs bundled into one file. Default: the one beside this. */
  readonly module?: URL | string;
}

/** More threads than this make no difference to what a disk takes. */
const MOST = 8;

/**
 * Threads that make tensors for `streamTensors` and `writeSafetensors`: the same bits, sooner. A pool serves any number of calls, one after
 * the other or at once; end it with `close()`, the program runs on until then.
 *
 * Initializers go to the threads as name and parameters. One of the caller's own is run in the caller's thread.
 *
 * @throws {IdinitError} for a size that is not an integer >= 1.
 * @example
 * const pool = workerPool();
 * await writeSafetensors(plan, toFolder("model"), { pool }).finally(() => pool.close());
 */
export function workerPool(options: WorkerPoolOptions = {}): WorkerPool {
  const { size, module } = readOptions("workerPool", options, {
    size: Math.min(availableParallelism(), MOST),
    module: new URL("./worker.js", import.meta.url),
  });
  return createPool(size, ({ answer, broken }) => {
    const worker = new Worker(module);
    worker.on("message", answer);
    worker.on("error", (error) => broken(String(error)));
    worker.on("exit", (code) => broken(`it ended with code ${code}`));
    return {
      post: (request, transfer) => worker.postMessage(request, [...transfer]),
      end: () => worker.terminate(),
    };
  });
}
