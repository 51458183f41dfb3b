/** What each thread of the pool runs. */
import { parentPort } from "node:worker_threads";
import type { Request } from "../large/job.js";
import { createServer } from "../large/serve.js";

const serve = createServer();
parentPort?.on("message", (request: Request) => {
  const answer = serve(request);
  parentPort?.postMessage(answer, "buffer" in answer ? [answer.buffer] : []);
});
