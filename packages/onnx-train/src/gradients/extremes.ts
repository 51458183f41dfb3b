/** Gradients of elementwise maximum, minimum and mean of several values. */
import { mask, sumTo, timesScalar } from "../compose.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** The gradient goes to the values that are the extreme, in equal shares where several are. */
const extreme: GradientRule = ({ g, dy, node, needs }) => {
  const y = node.outputs[0]!;
  if (node.inputs.length === 1) return [dy];
  const chosen = node.inputs.map((x) => mask(g, g.op("Equal", [x, y]), y));
  const share = g.op("Div", [dy, g.op("Sum", chosen)]);
  return node.inputs.map((x, i) => (needs(i) ? sumTo(g, g.op("Mul", [share, chosen[i]]), x) : undefined));
};

const mean: GradientRule = ({ g, dy, node, needs }) => {
  const share = timesScalar(g, dy, 1 / node.inputs.length);
  return node.inputs.map((x, i) => (needs(i) ? sumTo(g, share, x) : undefined));
};

export const extremeGradients: GradientRules = { Max: extreme, Min: extreme, Mean: mean };
