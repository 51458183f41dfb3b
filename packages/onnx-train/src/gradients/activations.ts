/** Gradients of activation functions made of pieces or of exponentials. */
import { getFloat } from "@idinit/onnx";
import { mask, square, sumTo, timesScalar } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRule, GradientRules } from "./rule.js";
import { oneMinus, plusScalar, unary } from "./unary-rule.js";

const above = (g: TrainingGraph, x: string, bound: number) => g.op("Greater", [x, g.scalar(bound, x)]);
const below = (g: TrainingGraph, x: string, bound: number) => g.op("Less", [x, g.scalar(bound, x)]);

const leakyRelu = unary((g, dy, x, _y, node) =>
  g.op("Where", [above(g, x, 0), dy, timesScalar(g, dy, getFloat(node, "alpha", 0.01))]),
);

/** The slope below zero may be a parameter: dslope = dy x there, summed to its shape. */
const preluGradient: GradientRule = ({ g, dy, node, needs }) => {
  const [x, slope] = node.inputs as [string, string];
  const positive = above(g, x, 0);
  const dslope = () => g.op("Where", [positive, g.scalar(0, x), g.op("Mul", [dy, x])]);
  return [
    needs(0) ? g.op("Where", [positive, dy, g.op("Mul", [dy, slope])]) : undefined,
    needs(1) ? sumTo(g, dslope(), slope) : undefined,
  ];
};

/** y = alpha (e^x - 1) below zero: its slope there is y + alpha. */
const elu = unary((g, dy, x, y, node) => {
  const slope = plusScalar(g, y, getFloat(node, "alpha", 1));
  return g.op("Where", [above(g, x, 0), dy, g.op("Mul", [dy, slope])]);
});

/** gamma x above zero, gamma alpha (e^x - 1) below. */
const selu = unary((g, dy, x, y, node) => {
  const alpha = getFloat(node, "alpha", 1.6732631921768188);
  const gamma = getFloat(node, "gamma", 1.0507010221481323);
  const slope = g.op("Where", [above(g, x, 0), g.scalar(gamma, x), plusScalar(g, y, gamma * alpha)]);
  return g.op("Mul", [dy, slope]);
});

/** y = alpha (e^(x / alpha) - 1) below zero. */
const celu = unary((g, dy, x, y, node) => {
  const slope = plusScalar(g, timesScalar(g, y, 1 / getFloat(node, "alpha", 1)), 1);
  return g.op("Where", [above(g, x, 0), dy, g.op("Mul", [dy, slope])]);
});

/** clip(alpha x + beta, 0, 1): the slope is alpha strictly between the bounds. */
const hardSigmoid = unary((g, dy, _x, y, node) => {
  const between = g.op("And", [above(g, y, 0), below(g, y, 1)]);
  return g.op("Mul", [dy, timesScalar(g, mask(g, between, dy), getFloat(node, "alpha", 0.2))]);
});

/** x clip(x / 6 + 1/2, 0, 1): slope 0 up to -3, x / 3 + 1/2 between, 1 from 3 on. */
const hardSwish = unary((g, dy, x) => {
  const inner = plusScalar(g, timesScalar(g, x, 1 / 3), 0.5);
  const upper = g.op("Where", [below(g, x, 3), inner, g.scalar(1, x)]);
  return g.op("Mul", [dy, g.op("Where", [above(g, x, -3), upper, g.scalar(0, x)])]);
});

/** x t with t = tanh(softplus(x)): slope t + x (1 - t^2) sigmoid(x). */
const mish = unary((g, dy, x) => {
  const t = g.op("Tanh", [g.op("Softplus", [x])]);
  const tail = g.op("Mul", [g.op("Mul", [x, g.op("Sigmoid", [x])]), oneMinus(g, square(g, t))]);
  return g.op("Mul", [dy, g.op("Add", [t, tail])]);
});

const softsign = unary((g, dy, x) => g.op("Div", [dy, square(g, plusScalar(g, g.op("Abs", [x]), 1))]));

const thresholdedRelu = unary((g, dy, x, _y, node) =>
  g.op("Mul", [dy, mask(g, above(g, x, getFloat(node, "alpha", 1)), x)]),
);

/** 0 between -lambd and lambd, x moved towards 0 by the bias outside. */
const shrink = unary((g, dy, x, _y, node) =>
  g.op("Mul", [dy, mask(g, above(g, g.op("Abs", [x]), getFloat(node, "lambd", 0.5)), x)]),
);

/** The gradient passes where the bounds (inclusive) do not bind, and to a bound where it does. */
const clip: GradientRule = ({ g, dy, node, needs }) => {
  const [x, low, high] = node.inputs as [string, string | undefined, string | undefined];
  const within = (bound: string, op: string) => mask(g, g.op(op, [x, bound]), x);
  const dx = () => {
    const lower = low ? g.op("Mul", [dy, within(low, "GreaterOrEqual")]) : dy;
    return high ? g.op("Mul", [lower, within(high, "LessOrEqual")]) : lower;
  };
  const bound = (name: string, op: string) => sumTo(g, g.op("Mul", [dy, within(name, op)]), name);
  return [
    needs(0) ? dx() : undefined,
    low && needs(1) ? bound(low, "Less") : undefined,
    high && needs(2) ? bound(high, "Greater") : undefined,
  ];
};

export const activationGradients: GradientRules = {
  LeakyRelu: leakyRelu,
  PRelu: preluGradient,
  Elu: elu,
  Selu: selu,
  Celu: celu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Softplus: unary((g, dy, x) => g.op("Mul", [dy, g.op("Sigmoid", [x])])),
  Softsign: softsign,
  Mish: mish,
  ThresholdedRelu: thresholdedRelu,
  Shrink: shrink,
  Clip: clip,
};
