/** Gradients of operators that move, cut and join. */
import { getInt, getInts } from "@idinit/onnx";
import { reshapeLike, shapeOf, zerosLike } from "../compose.js";
import { axisOf, type Dim } from "../shapes/dims.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";
import { slice } from "./slice.js";

const reshaped: GradientRule = ({ g, dy, node, needs }) => {
  const x = node.inputs[0]!;
  if (!needs(0)) return [undefined];
  const open = g.dimsOf(x).filter((d) => typeof d !== "number").length;
  return [open > 1 ? g.op("Reshape", [dy, shapeOf(g, x)]) : reshapeLike(g, dy, x)];
};

const transpose: GradientRule = ({ g, dy, node, needs }) => {
  const order = getInts(node, "perm");
  if (!needs(0)) return [undefined];
  if (!order) return [g.op("Transpose", [dy])];
  const inverse = order.map((_, i) => order.indexOf(i));
  return [g.op("Transpose", [dy], { perm: inverse })];
};

const concat: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  const inputs = node.inputs;
  const axis = axisOf(getInt(node, "axis", 0), g.dimsOf(dy).length);
  if (inputs.length === 1) return [dy];
  const sizes = inputs.map((input) => g.dimsOf(input)[axis]!);
  const parts = splitLike(call, axis, sizes);
  return parts.map((part, i) => (needs(i) ? part : undefined));
};

/** The gradient cut into the sizes of the inputs; equal open sizes need no list of lengths. */
function splitLike({ g, dy, node: { inputs } }: GradientCall, axis: number, sizes: readonly Dim[]): string[] {
  const count = inputs.length;
  if (sizes.every((s) => typeof s === "number")) {
    return g.ops("Split", [dy, g.ints(sizes as number[])], { axis }, count);
  }
  if (sizes.every((s) => s === sizes[0])) {
    return g.ops("Split", [dy], g.opset >= 18 ? { axis, num_outputs: count } : { axis }, count);
  }
  const lengths = inputs.map((input) => g.op("Gather", [g.op("Shape", [input]), g.ints([axis])], { axis: 0 }));
  return g.ops("Split", [dy, g.op("Concat", lengths, { axis: 0 })], { axis }, count);
}

const split: GradientRule = ({ g, dys, node, needs }) => {
  if (!needs(0)) return [undefined];
  const parts = node.outputs.map((output, i) => dys[i] ?? zerosLike(g, output));
  return [parts.length === 1 ? parts[0] : g.op("Concat", parts, { axis: getInt(node, "axis", 0) })];
};

export const layoutGradients: GradientRules = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
};
