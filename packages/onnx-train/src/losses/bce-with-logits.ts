/** Binary cross-entropy of the sigmoid of the logits. */
import { checkNames } from "../checks.js";
import { countAlong, range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Loss } from "./loss.js";

/** Options of {@link bceWithLogits}. */
export interface BceWithLogitsOptions {
  /** Weight of the positive examples, > 0: one for all, or one for each place of the last axis. Default 1. */
  readonly posWeight?: number | readonly number[];
}

/**
 * loss = mean over all elements of (1 - t) x + w (max(-x, 0) + log(1 + exp(-|x|))) with w = 1 + (posWeight - 1) t,
 * which is -posWeight t log s(x) - (1 - t) log(1 - s(x)) without overflow; gradient = ((1 - t) - w (1 - s(x))) / elements.
 * The target has the output's shape and holds probabilities, 0 to 1. Equals PyTorch's `binary_cross_entropy_with_logits`.
 *
 * @throws OnnxTrainError for weights that are no positive numbers or do not fit the last axis.
 * @example bceWithLogits({ posWeight: [3, 1, 10] })
 */
export function bceWithLogits(options: BceWithLogitsOptions = {}): Loss {
  checkNames("bce-with-logits", options, ["posWeight"]);
  const { posWeight = 1 } = options;
  const weights = typeof posWeight === "number" ? [posWeight] : posWeight;
  if (weights.length === 0 || !weights.every((w) => w > 0 && w < Infinity)) {
    throw new OnnxTrainError(`bce-with-logits: posWeight must be above 0, got ${JSON.stringify(posWeight)}`);
  }
  const plain = weights.every((w) => w === 1);
  return {
    name: "bce-with-logits",
    params: { posWeight },
    target: (dims) => ({ name: "target", type: "float32", dims }),
    checkTarget(values) {
      for (let i = 0; i < values.length; i++) {
        if (!(values[i]! >= 0 && values[i]! <= 1)) {
          throw new OnnxTrainError(`"target" should hold probabilities 0 to 1, got ${values[i]} at index ${i}`);
        }
      }
    },
    build(g, output, target) {
      const dims = g.dimsOf(output);
      if (weights.length > 1 && dims.at(-1) !== weights.length) {
        throw new OnnxTrainError(
          `bce-with-logits: posWeight has ${weights.length} values, the last axis of "${output}" [${dims.join(", ")}] does not`,
        );
      }
      const axes = range(dims.length);
      const one = g.scalar(1, output);
      const against = g.op("Sub", [one, target]);
      const weight = plain ? undefined : positiveWeights(g, weights, target!, one);
      const weighed = (x: string) => (weight ? g.op("Mul", [weight, x]) : x);
      const negative = g.op("Neg", [output]);
      const tail = g.op("Softplus", [g.op("Neg", [g.op("Abs", [output])])]);
      const hit = g.op("Add", [g.op("Relu", [negative]), tail]);
      const each = g.op("Add", [g.op("Mul", [against, output]), weighed(hit)]);
      const count = () => countAlong(g, output, axes);
      return {
        loss: reduce(g, "ReduceMean", each, axes, 0),
        // 1 - s(x) is s(-x), which keeps the digits of a small rest.
        gradient: () => g.op("Div", [g.op("Sub", [against, weighed(g.op("Sigmoid", [negative]))]), count()]),
        count,
      };
    },
  };
}

/** 1 + (posWeight - 1) target. */
function positiveWeights(g: TrainingGraph, weights: readonly number[], target: string, one: string): string {
  const extra = Float32Array.from(weights, (w) => w - 1);
  const more = weights.length === 1 ? g.scalar(extra[0]!, target) : g.floats([extra.length], extra);
  return g.op("Add", [g.op("Mul", [target, more]), one]);
}
