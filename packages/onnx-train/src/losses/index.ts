/** The losses by name. */
import { OnnxTrainError } from "../errors.js";
import { bceWithLogits } from "./bce-with-logits.js";
import type { Loss, LossName } from "./loss.js";
import { modelOutput } from "./model-output.js";
import { mse } from "./mse.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

const LOSSES: Readonly<Record<LossName, (params: never) => Loss>> = {
  "softmax-cross-entropy": softmaxCrossEntropy,
  mse,
  "bce-with-logits": bceWithLogits,
  "model-output": ({ output }: { readonly output?: string }) => modelOutput(output),
};

/** The loss of this name with these parameters. @throws OnnxTrainError for another name. */
export function makeLoss(name: LossName, params: Loss["params"] = {}): Loss {
  if (!Object.hasOwn(LOSSES, name)) {
    const given = typeof name === "function" ? "a function, which is to be called" : JSON.stringify(name);
    throw new OnnxTrainError(`loss must be one of ${Object.keys(LOSSES).join(", ")}, got ${given}`);
  }
  return LOSSES[name](params as never);
}

/** A loss given by name, with its defaults, or as a value. */
export const lossOf = (loss: LossName | Loss): Loss =>
  typeof loss === "object" && loss !== null ? loss : makeLoss(loss);
