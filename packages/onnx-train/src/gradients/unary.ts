/** Gradients of functions of one value. */
import { DataType, getInt, getString } from "@idinit/onnx";
import { square, sumTo, timesScalar } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRule, GradientRules } from "./rule.js";
import { oneMinus, unary } from "./unary-rule.js";

/**
 * The mask of y > 0 as min(1, huge y): onnxruntime does it two to four times faster than Sign(y), and faster than Greater with
 * Cast or Where. Only an output below 3e-39, which float32 cannot hold normally, gets less than 1.
 */
const relu = unary((g, dy, _x, y) =>
  g.op("Mul", [dy, g.op("HardSigmoid", [y], { alpha: 3e38, beta: { type: "float", value: 0 } })]),
);

const tanh = unary((g, dy, _x, y) => g.op("Mul", [dy, oneMinus(g, g.op("Mul", [y, y]))]));

const sigmoid = unary((g, dy, _x, y) => g.op("Mul", [dy, g.op("Mul", [y, oneMinus(g, y)])]));

/** exp(-x^2 scale) factor */
const gaussian = (g: TrainingGraph, x: string, scale: number, factor: number) =>
  timesScalar(g, g.op("Exp", [timesScalar(g, g.op("Mul", [x, x]), -scale)]), factor);

const erf = unary((g, dy, x) => g.op("Mul", [dy, gaussian(g, x, 1, 2 / Math.sqrt(Math.PI))]));

/**
 * y = x Phi(x): dx = dy (Phi(x) + x phi(x)); or the tanh approximation. Phi from the error of -x: a positive factor could be
 * merged with that of the forward pass, which then would not be one kernel. HardSigmoid, here never at its bounds, takes
 * one pass where a product and a sum take two; the factor of phi is in its exponent.
 */
const gelu = unary((g, dy, x, _y, node) => {
  const half = (value: string) => timesScalar(g, g.op("Add", [value, g.scalar(1, x)]), 0.5);
  if (getString(node, "approximate", "none") === "none") {
    const scaled = timesScalar(g, x, -Math.SQRT1_2);
    const halves = { alpha: { type: "float", value: -0.5 }, beta: { type: "float", value: 0.5 } } as const;
    const cdf = g.op("HardSigmoid", [g.op("Erf", [scaled])], halves);
    const exponent = g.op("Sub", [g.scalar(-Math.log(2 * Math.PI) / 2, x), square(g, scaled)]);
    return g.op("Mul", [dy, g.op("Add", [cdf, g.op("Mul", [x, g.op("Exp", [exponent])])])]);
  }
  const c = Math.sqrt(2 / Math.PI);
  const squared = g.op("Mul", [x, x]);
  const inner = g.op("Mul", [x, g.op("Add", [timesScalar(g, squared, c * 0.044715), g.scalar(c, x)])]);
  const t = g.op("Tanh", [inner]);
  const slope = g.op("Add", [timesScalar(g, squared, 3 * c * 0.044715), g.scalar(c, x)]);
  const sech = oneMinus(g, g.op("Mul", [t, t]));
  const tail = timesScalar(g, g.op("Mul", [g.op("Mul", [x, sech]), slope]), 0.5);
  return g.op("Mul", [dy, g.op("Add", [half(t), tail])]);
});

/** Between float types only; a cast to an integer ends the gradient. */
const cast: GradientRule = ({ g, dy, node, needs }) => {
  const from = g.typeOf(node.inputs[0]!) ?? DataType.float;
  if (!needs(0)) return [undefined];
  const to = node.opType === "Cast" ? getInt(node, "to") : g.typeOf(node.outputs[0]!);
  return [to === from ? dy : g.op("Cast", [dy], { to: from })];
};

export const unaryGradients: GradientRules = {
  Identity: unary((_g, dy) => dy),
  Neg: unary((g, dy) => g.op("Neg", [dy])),
  Abs: unary((g, dy, x) => g.op("Mul", [dy, g.op("Sign", [x])])),
  Sqrt: unary((g, dy, _x, y) => g.op("Div", [timesScalar(g, dy, 0.5), y])),
  Reciprocal: unary((g, dy, _x, y) => g.op("Neg", [g.op("Mul", [dy, g.op("Mul", [y, y])])])),
  Exp: unary((g, dy, _x, y) => g.op("Mul", [dy, y])),
  Log: unary((g, dy, x) => g.op("Div", [dy, x])),
  Relu: relu,
  Tanh: tanh,
  Sigmoid: sigmoid,
  Erf: erf,
  Gelu: gelu,
  Cast: cast,
  CastLike: cast,
  Expand: ({ g, dy, node, needs }) => [needs(0) ? sumTo(g, dy, node.inputs[0]!) : undefined],
};
