/** A pool of web workers. */
import { readOptions } from "../initializers/check.js";
import type { WorkerAnswer } from "../large/job.js";
import { createPool, type WorkerPool } from "../large/pool.js";

/** The part of the platform that is used here; the language's own types leave it out. */
interface WebWorker {
  onmessage: ((event: { readonly data: WorkerAnswer }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  terminate(): void;
}
declare const Worker: new (url: object, options: { readonly type: "module" }) => WebWorker;
declare const URL: new (path: string, base: string) => object;
declare const navigator: { readonly hardwareConcurrency?: number };

/** Options of {@link workerPool}. */
export interface WorkerPoolOptions {
  /** Number of workers, an integer >= 1. Default: as many as the machine runs at once, 8 at most. */
  readonly size?: number;
}

/** More workers than this make no difference to where the tensors go. */
const MOST = 8;

/**
 * Workers that make tensors for `streamTensors` and `writeSafetensors`: the same bits, sooner, and the page stays responsive. End the pool
 * with `close()`. Bundlers find the workers' module by its `new URL(..., import.meta.url)`.
 *
 * Initializers go to the workers as name and parameters. One of the caller's own is run in the caller's thread.
 *
 * @throws {IdinitError} for a size that is not an integer >= 1.
 * @example
 * const pool = workerPool();
 * for await (const { tensor, data } of streamTensors(plan, { pool })) use(tensor.name, data);
 * await pool.close();
 */
export function workerPool(options: WorkerPoolOptions = {}): WorkerPool {
  const { size } = readOptions("workerPool", options, { size: Math.min(navigator.hardwareConcurrency ?? 1, MOST) });
  return createPool(size, ({ answer, broken }) => {
    // Without types it reads `new URL("./worker.js", import.meta.url)`, which is what bundlers look for.
    const worker = new Worker(new URL("./worker.js", (import.meta as ImportMeta & { readonly url: string }).url), {
      type: "module",
    });
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = ({ message }) => broken(message ?? "it could not be started");
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      end: () => worker.terminate(),
    };
  });
}
