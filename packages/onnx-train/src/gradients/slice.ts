/** Gradient of a slice. */
import { DataType } from "@idinit/onnx";
import { range, shapeOf } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf, type Dim } from "../shapes/dims.js";
import { type SliceBounds, sliceBounds, sliceExtent } from "../shapes/slice.js";
import type { GradientCall, GradientRule } from "./rule.js";
import { canSpread, spread } from "./spread.js";

/** Back to where it was cut from: zeros around, or between for steps. */
export const slice: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  if (!needs(0)) return [undefined];
  const x = node.inputs[0]!;
  const dims = g.dimsOf(x);
  const numbers = (i: number) => g.numbers(node.inputs[i]);
  const bounds = sliceBounds({ node, numbers }, dims.length);
  if (!bounds || isOpen(bounds, dims)) return [openSlice(call, numbers)];
  const pads = new Array<number>(2 * dims.length).fill(0);
  let gradient = dy;
  bounds.axes.forEach((axis, k) => {
    const [start, end, step] = [bounds.starts[k]!, bounds.ends[k]!, bounds.steps[k]!];
    const size = dims[axis]!;
    if (start === 0 && end >= 2 ** 31 - 1 && step === 1) return;
    if (typeof size !== "number") return;
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

/** Whether an axis of open size is cut. */
const isOpen = ({ axes, starts, ends, steps }: SliceBounds, dims: readonly Dim[]): boolean =>
  axes.some(
    (axis, k) => typeof dims[axis] !== "number" && !(starts[k] === 0 && ends[k]! >= 2 ** 31 - 1 && steps[k] === 1),
  );

/** As above with bounds or sizes that only the run can tell, for steps of 1: the zeros around are counted then. */
function openSlice({ g, dy, node }: GradientCall, numbers: (i: number) => number[] | undefined): string {
  const [x, starts, , , steps] = node.inputs as [string, string, string, string?, string?];
  const dims = g.dimsOf(x);
  const known = numbers(1);
  const count = known?.length ?? g.dimsOf(starts)[0];
  const axes = node.inputs[3] ? numbers(3) : typeof count === "number" ? range(count) : undefined;
  if (!axes) throw new OnnxTrainError("the axes must be constant");
  if (steps && !numbers(4)?.every((step) => step === 1))
    throw new OnnxTrainError(`steps along an open size of [${dims.join(", ")}]; set batchSize or inputShapes`);
  const cut = axes.map((axis) => axisOf(axis, dims.length));
  const [sizes, left] = [shapeOf(g, x), shapeOf(g, node.outputs[0]!)];
  const lows = dims.map((_, axis) => {
    const k = cut.indexOf(axis);
    if (k < 0 || known?.[k] === 0) return g.ints([0]);
    const size = g.op("Gather", [sizes, g.ints([axis])], { axis: 0 });
    const given = known ? g.ints([known[k]!]) : g.op("Gather", [starts, g.ints([k])], { axis: 0 });
    const start = g.typeOf(given) === DataType.int64 ? given : g.op("Cast", [given], { to: DataType.int64 });
    const counted = g.op("Where", [g.op("Less", [start, g.ints([0])]), g.op("Add", [start, size]), start]);
    return g.op("Min", [g.op("Max", [counted, g.ints([0])]), size]);
  });
  const before = lows.length === 1 ? lows[0]! : g.op("Concat", lows, { axis: 0 });
  const after = g.op("Sub", [g.op("Sub", [sizes, before]), left]);
  return g.op("Pad", [dy, g.op("Concat", [before, after], { axis: 0 })]);
}
