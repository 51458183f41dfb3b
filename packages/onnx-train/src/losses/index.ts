import { OnnxTrainError } from "../errors.js";
import type { Loss, LossName } from "./loss.js";
import { meanSquaredError } from "./mse.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

const LOSSES: Readonly<Record<LossName, Loss>> = {
  "softmax-cross-entropy": softmaxCrossEntropy,
  mse: meanSquaredError,
};

/** The loss of this name. @throws OnnxTrainError for another name. */
export function lossOf(name: LossName): Loss {
  if (!Object.hasOwn(LOSSES, name)) {
    throw new OnnxTrainError(`loss must be one of ${Object.keys(LOSSES).join(", ")}, got ${JSON.stringify(name)}`);
  }
  return LOSSES[name];
}
