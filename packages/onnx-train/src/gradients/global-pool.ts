/** Gradients of pooling over all positions. */
import { countAlong, expandLike, mask, range, reduce } from "../compose.js";
import type { GradientRule, GradientRules } from "./rule.js";

const average: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const x = node.inputs[0]!;
  const axes = range(g.dimsOf(x).length).slice(2);
  return [expandLike(g, g.op("Div", [dy, countAlong(g, x, axes)]), x)];
};

/** To the largest elements, in equal shares where several are. */
const maximum: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const x = node.inputs[0]!;
  const axes = range(g.dimsOf(x).length).slice(2);
  const chosen = mask(g, g.op("Equal", [x, node.outputs[0]]), x);
  return [g.op("Mul", [chosen, g.op("Div", [dy, reduce(g, "ReduceSum", chosen, axes, 1)])])];
};

export const globalPoolGradients: GradientRules = { GlobalAveragePool: average, GlobalMaxPool: maximum };
