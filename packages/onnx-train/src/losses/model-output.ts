/** A loss that the model computes itself. */
import { OnnxTrainError } from "../errors.js";
import { product } from "../shapes/dims.js";
import type { Loss } from "./loss.js";

/**
 * loss = an output of the model that holds one number; a batch has no `target`, whatever the model compares with is one of
 * its inputs.
 *
 * @param output The output's name. Default: the trainer's `output`, or the only one.
 * @throws OnnxTrainError where the output has several elements.
 * @example createTrainer(bytes, { ort, loss: modelOutput("total_loss"), optimizer: adam() })
 */
export function modelOutput(output?: string): Loss {
  return {
    name: "model-output",
    params: { output },
    ...(output !== undefined && { output }),
    target: () => undefined,
    build(g, value) {
      const dims = g.dimsOf(value);
      if (product(dims) !== 1) {
        throw new OnnxTrainError(`a loss is one number, output "${value}" has shape [${dims.join(", ")}]`);
      }
      const axes = dims.map((_, i) => i);
      return {
        loss: axes.length === 0 ? g.op("Identity", [value]) : g.op("Squeeze", [value, g.ints(axes)]),
        gradient: () => (axes.length === 0 ? g.scalar(1, value) : g.floats(dims as number[], Float32Array.of(1))),
        count: () => g.scalar(1, value),
      };
    },
  };
}
