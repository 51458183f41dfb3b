/** Gradients of running sums and of triangles. */
import { getInt } from "@idinit/onnx";
import type { GradientRule, GradientRules } from "./rule.js";

/** An element adds to all sums after it: the sum of the gradient from the other end. */
const cumSum: GradientRule = ({ g, dy, node, needs }) => {
  const [exclusive, reverse] = [getInt(node, "exclusive", 0), getInt(node, "reverse", 0)];
  return [needs(0) ? g.op("CumSum", [dy, node.inputs[1]], { exclusive, reverse: 1 - reverse }) : undefined];
};

const trilu: GradientRule = ({ g, dy, node, needs }) => [
  needs(0) ? g.op("Trilu", [dy, node.inputs[1]], { upper: getInt(node, "upper", 1) }) : undefined,
];

export const cumulativeGradients: GradientRules = { CumSum: cumSum, Trilu: trilu };
