/** Gradients of operators that move, cut and join. */
import { getInt, getInts } from "@idinit/onnx";
import { reshapeLike, shapeOf, zerosLike } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf, type Dim } from "../shapes/dims.js";
import { sliceBounds, sliceExtent } from "../shapes/slice.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";
import { canSpread, spread } from "./spread.js";

const numbersOf = ({ g, node }: GradientCall) => ({ node, numbers: (i: number) => g.numbers(node.inputs[i]) });

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

/** Back to where it was cut from: zeros around, or between for steps. */
const slice: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  if (!needs(0)) return [undefined];
  const x = node.inputs[0]!;
  const dims = g.dimsOf(x);
  const bounds = sliceBounds(numbersOf(call), dims.length);
  if (!bounds) throw new OnnxTrainError("starts, ends, axes and steps must be constant");
  const pads = new Array<number>(2 * dims.length).fill(0);
  let gradient = dy;
  bounds.axes.forEach((axis, k) => {
    const [start, end, step] = [bounds.starts[k]!, bounds.ends[k]!, bounds.steps[k]!];
    const size = dims[axis]!;
    if (start === 0 && end >= 2 ** 31 - 1 && step === 1) return;
    if (typeof size !== "number")
      throw new OnnxTrainError(`axis ${axis} has the open size "${size}"; set batchSize or inputShapes`);
    const { first, count } = sliceExtent(size, start, end, step);
    const low = step > 0 ? first : first + (count - 1) * step;
    const stride = Math.abs(step);
    if (stride > 1 && canSpread(g, dy, axis, size * count)) {
      gradient = spread(g, gradient, axis, size, { first, step });
      return;
    }
    if (step < 0) gradient = reversed(call, gradient, axis);
    if (stride > 1) gradient = interleaved(call, gradient, axis, stride, count);
    pads[axis] = low;
    pads[axis + dims.length] = size - low - ((count - 1) * stride + 1);
  });
  return [pads.every((p) => p === 0) ? gradient : g.op("Pad", [gradient, g.ints(pads)])];
};

const reversed = ({ g }: GradientCall, x: string, axis: number) =>
  g.op("Slice", [x, g.ints([-1]), g.ints([-(2 ** 31)]), g.ints([axis]), g.ints([-1])]);

/** Puts `stride - 1` zeros between the elements along an axis: pads a new axis after it, merges, cuts the tail. */
function interleaved({ g }: GradientCall, x: string, axis: number, stride: number, count: number): string {
  const rank = g.dimsOf(x).length;
  const column = g.op("Unsqueeze", [x, g.ints([axis + 1])]);
  const pads = new Array<number>(2 * (rank + 1)).fill(0);
  pads[rank + 1 + axis + 1] = stride - 1;
  const padded = g.op("Pad", [column, g.ints(pads)]);
  // 0 copies a size, so that open sizes before the axis may stay open; those after it are moved as one.
  const shape = g.dimsOf(x).map((d, i) => (i === axis ? count * stride : d));
  const open = shape.filter((d) => typeof d !== "number").length;
  if (open > 1) throw new OnnxTrainError("several open sizes; set batchSize or inputShapes");
  const merged = g.op("Reshape", [padded, g.ints(shape.map((d) => (typeof d === "number" ? d : -1)))]);
  return g.op("Slice", [merged, g.ints([0]), g.ints([(count - 1) * stride + 1]), g.ints([axis])]);
}

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
