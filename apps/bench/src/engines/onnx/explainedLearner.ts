/** A learner on a GPU whose failures say what to do. */
import { OnnxTrainError } from "@idinit/onnx-train";
import { explainGpuError } from "../../gpu/explainGpuError.js";
import type { Learner } from "../engine.js";

/** The same learner; what the runtime throws is explained, errors with a message of their own stay as they are. */
export async function explainedLearner(made: Promise<Learner>): Promise<Learner> {
  const { step, queue, logits, weights, dispose } = await made.catch(explain);
  return {
    step: (batch, rate) => step(batch, rate).catch(explain),
    ...(queue && {
      queue: {
        push: (batch, rate) => queue.push(batch, rate).catch(explain),
        losses: () => queue.losses().catch(explain),
      },
    }),
    logits: (inputs, size) => logits(inputs, size).catch(explain),
    weights: () => weights().catch(explain),
    dispose,
  };
}

function explain(error: unknown): never {
  throw error instanceof OnnxTrainError ? error : explainGpuError(error);
}
