/** What each web worker of the pool runs. */
import type { WorkerRequest } from "../large/job.js";
import { createServer } from "../large/serve.js";

/** The part of the platform that is used here; the language's own types leave it out. */
declare const self: {
  onmessage: ((event: { readonly data: WorkerRequest }) => void) | null;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
};

const serve = createServer();
self.onmessage = ({ data }) => {
  const answer = serve(data);
  self.postMessage(answer, "buffer" in answer ? [answer.buffer] : []);
};
