/** Losses that a model computes itself. */
import { DataType, getInt, getString } from "@idinit/onnx";
import { range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { Decomposition, DecompositionCall, Decompositions } from "./decomposition.js";

/**
 * `-weight[target] logp[target]` of each place, 0 where the target is `ignore_index`; its sum, or the mean, which is divided by the
 * weights of the places that count. Classes are axis 1.
 */
function negativeLikelihood({ g, node }: DecompositionCall, logp: string): string {
  const [, target, weight] = node.inputs as [string, string, string?];
  const dims = g.dimsOf(logp);
  const classes = dims[1];
  if (typeof classes !== "number") throw new OnnxTrainError(`the number of classes must be known, it is "${classes}"`);
  const column = [classes, ...new Array<number>(dims.length - 2).fill(1)];
  const labels = g.typeOf(target) === DataType.int32 ? target : g.op("Cast", [target], { to: DataType.int32 });
  const hit = g.op("Equal", [g.op("Unsqueeze", [labels, g.ints([1])]), g.int32s(range(classes), column)]);
  const zero = g.scalar(0, logp);
  // Where, not a product: a log likelihood of another class may be minus infinity.
  const picked = (values: string) => reduce(g, "ReduceSum", g.op("Where", [hit, values, zero]), [1], 0);
  const own = weight ? picked(g.op("Reshape", [weight, g.ints(column)])) : picked(g.scalar(1, logp));
  const ignored = getInt(node, "ignore_index");
  const kept =
    ignored === undefined ? own : g.op("Where", [g.op("Equal", [labels, g.int32s([ignored], [])]), zero, own]);
  const each = g.op("Neg", [g.op("Mul", [picked(logp), kept])]);
  const reduction = getString(node, "reduction", "mean");
  if (reduction === "none") return each;
  const places = range(dims.length - 1);
  const total = reduce(g, "ReduceSum", each, places, 0);
  return reduction === "sum" ? total : g.op("Div", [total, reduce(g, "ReduceSum", kept, places, 0)]);
}

const crossEntropy: Decomposition = (call) => {
  const { g, node } = call;
  const logp = g.op("LogSoftmax", [node.inputs[0]!], { axis: 1 });
  return [negativeLikelihood(call, logp), node.outputs[1] ? logp : undefined];
};

const likelihood: Decomposition = (call) => [negativeLikelihood(call, call.node.inputs[0]!)];

export const lossDecompositions: Decompositions = {
  SoftmaxCrossEntropyLoss: crossEntropy,
  NegativeLogLikelihoodLoss: likelihood,
};
