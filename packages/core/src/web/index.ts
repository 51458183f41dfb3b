/** What making large models needs of a browser: workers. */
export { type WorkerPoolOptions, workerPool } from "./workerPool.js";
