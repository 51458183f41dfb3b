/** What making large models needs of a browser: workers. @packageDocumentation */
export { type WorkerPoolOptions, workerPool } from "./workerPool.js";
