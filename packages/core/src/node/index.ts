/** What writing large models needs of Node: files and threads. @packageDocumentation */
export { type ToFolderOptions, toFolder } from "./toFolder.js";
export { type WorkerPoolOptions, workerPool } from "./workerPool.js";
