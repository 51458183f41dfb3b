/** Gradients of reductions along axes. */
import { countAlong, expandLike, mask, reduce, reshapeTo, timesScalar } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { reducedAxes } from "../shapes/reduce.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";

interface Reduced {
  readonly g: TrainingGraph;
  readonly x: string;
  readonly axes: readonly number[];
  /** The result and its gradient, with the reduced axes of size 1 in place. */
  readonly y: () => string;
  readonly dy: () => string;
}

function reducedOf({ g, node, dy }: GradientCall): Reduced {
  const x = node.inputs[0]!;
  const dims = g.dimsOf(x);
  const axes = reducedAxes({ node, numbers: (i) => g.numbers(node.inputs[i]) }, dims.length);
  if (!axes) throw new OnnxTrainError("the axes must be constant");
  const kept = dims.map((d, i) => (axes.includes(i) ? 1 : d));
  const open = kept.filter((d) => typeof d !== "number").length;
  // Several open sizes cannot be written as a constant shape; putting the reduced axes back can.
  const sorted = [...axes].sort((p, q) => p - q);
  const column = (value: string) => {
    if (g.dimsOf(value).length === dims.length) return value;
    return open > 1 ? g.op("Unsqueeze", [value, g.ints(sorted)]) : reshapeTo(g, value, kept);
  };
  return { g, x, axes, y: () => column(node.outputs[0]!), dy: () => column(dy) };
}

/** A rule from the pieces; the reduction of nothing at all is the identity in onnxruntime. */
const reduction =
  (make: (call: Reduced) => string): GradientRule =>
  (call) => {
    if (!call.needs(0)) return [undefined];
    const reduced = reducedOf(call);
    if (reduced.axes.length === 0 && !["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"].includes(call.node.opType))
      throw new OnnxTrainError("a reduction along no axis is not supported");
    return [reduced.axes.length === 0 ? call.dy : make(reduced)];
  };

const sum = reduction(({ g, x, dy }) => expandLike(g, dy(), x));

const mean = reduction(({ g, x, axes, dy }) => expandLike(g, g.op("Div", [dy(), countAlong(g, x, axes)]), x));

/** To the elements that are the extreme, in equal shares where several are. */
const extreme = reduction(({ g, x, axes, y, dy }) => {
  const chosen = mask(g, g.op("Equal", [x, y()]), x);
  return g.op("Mul", [chosen, g.op("Div", [dy(), reduce(g, "ReduceSum", chosen, axes, 1)])]);
});

const l1 = reduction(({ g, x, dy }) => g.op("Mul", [dy(), g.op("Sign", [x])]));

/** y = |x|: dx = dy x / y, and 0 where all of x is 0. */
const l2 = reduction(({ g, x, y, dy }) => {
  const norm = y();
  const safe = g.op("Where", [g.op("Equal", [norm, g.scalar(0, x)]), g.scalar(1, x), norm]);
  return g.op("Mul", [x, g.op("Div", [dy(), safe])]);
});

/** y = log(sum(x)). */
const logSum = reduction(({ g, x, y, dy }) => expandLike(g, g.op("Mul", [dy(), g.op("Exp", [g.op("Neg", [y()])])]), x));

const logSumExp = reduction(({ g, x, y, dy }) => g.op("Mul", [dy(), g.op("Exp", [g.op("Sub", [x, y()])])]));

const sumSquare = reduction(({ g, x, dy }) => g.op("Mul", [x, timesScalar(g, dy(), 2)]));

/** The product of the others: the whole over x, where zeros are taken out first so that nothing is divided by them. */
const product = reduction(({ g, x, axes, dy }) => {
  const one = g.scalar(1, x);
  const zero = g.op("Equal", [x, g.scalar(0, x)]);
  const filled = g.op("Where", [zero, one, x]);
  const rest = g.op("Div", [reduce(g, "ReduceProd", filled, axes, 1), filled]);
  // With one zero among them, only its own element has a product of others that is not zero.
  const zeros = mask(g, zero, x);
  const others = g.op("Sub", [reduce(g, "ReduceSum", zeros, axes, 1), zeros]);
  const alone = mask(g, g.op("Equal", [others, g.scalar(0, x)]), x);
  return g.op("Mul", [dy(), g.op("Mul", [rest, alone])]);
});

export const reductionGradients: GradientRules = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceL1: l1,
  ReduceL2: l2,
  ReduceLogSum: logSum,
  ReduceLogSumExp: logSumExp,
  ReduceSumSquare: sumSquare,
  ReduceProd: product,
};
