/** Outputs that are probabilities already, as Keras models have them: the losses take what those are made of. */
import { getInt } from "@idinit/onnx";
import type { PreparedModel } from "../model/prepare.js";
import { axisOf } from "../shapes/dims.js";
import type { Loss } from "./loss.js";

/**
 * The input of the Softmax, or of the Sigmoid, that makes an output, where the loss has that function in it: taken twice, it would
 * leave gradients that are too small. `undefined` for all other outputs.
 */
export function logitsBehind({ model: { graph } }: PreparedModel, output: string, loss: Loss): string | undefined {
  const last = graph.nodes.find(({ domain, outputs }) => domain === "" && outputs[0] === output);
  if (last?.opType === "Sigmoid" && loss.name === "bce-with-logits") return last.inputs[0];
  if (last?.opType !== "Softmax" || loss.name !== "softmax-cross-entropy") return undefined;
  const rank = graph.outputs.find(({ name }) => name === output)?.shape?.length ?? 0;
  const axes = [getInt(last, "axis", -1), Number(loss.params.classAxis)].map((axis) => axisOf(axis, rank));
  return axes[0] === axes[1] ? last.inputs[0] : undefined;
}
