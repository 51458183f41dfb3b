/** What each thread of the pool runs. */
import { parentPort } from "node:worker_threads";
import type { WorkerRequest } from "../large/job.js";
import { createServer } from "../large/serve.js";

const serve = createServer();
parentPort?.on("message", (request: WorkerRequest) => {
  const answer = serve(request);
  parentPort?.postMessage(answer, "buffer" in answer ? [answer.buffer] : []);
});
