/** Operations that gradients and losses are made of, in the form that the graph's opset wants. */
import { DataType } from "@idinit/onnx";
import { OnnxTrainError } from "./errors.js";
import { type Dim, product } from "./shapes/dims.js";
import type { TrainingGraph } from "./training-graph.js";

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** ReduceSum took its axes as an input five versions before the other reductions. */
export function reduce(
  g: TrainingGraph,
  op: "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceProd" | "ReduceL1" | "ReduceL2",
  x: string,
  axes: readonly number[],
  keepdims: 0 | 1,
): string {
  if (axes.length === 0) return x;
  if (op === "ReduceSum" || g.opset >= 18) return g.op(op, [x, g.ints(axes)], { keepdims });
  return g.op(op, [x], { axes, keepdims });
}

/** Sums all axes but the second: first the spatial ones as one, then the batch, twice as fast as all at once. */
export function sumPerChannel(g: TrainingGraph, x: string): string {
  const [batch, channels, ...spatial] = g.dimsOf(x);
  const positions = product(spatial);
  if (spatial.length === 0) return reduce(g, "ReduceSum", x, [0], 0);
  if (typeof channels !== "number" || typeof positions !== "number") {
    return reduce(g, "ReduceSum", x, [0, ...range(spatial.length).map((i) => i + 2)], 0);
  }
  const rows = reshapeTo(g, x, [batch!, channels, positions]);
  return reduce(g, "ReduceSum", reduce(g, "ReduceSum", rows, [2], 0), [0], 0);
}

/** The shape of `value` as an int64 vector: a constant where it is static. */
export function shapeOf(g: TrainingGraph, value: string): string {
  const { dims } = g.factsOf(value);
  return dims?.every((d) => typeof d === "number") ? g.ints(dims as number[]) : g.op("Shape", [value]);
}

/** `x` with the shape of `like`, which has the same number of elements. */
export function reshapeLike(g: TrainingGraph, x: string, like: string): string {
  const dims = g.dimsOf(like);
  return sameDims(g.dimsOf(x), dims) ? x : reshapeTo(g, x, dims, like);
}

/** Reshape to `dims`; one named dimension becomes -1, several are read off `like` at run time. */
export function reshapeTo(g: TrainingGraph, x: string, dims: readonly Dim[], like?: string): string {
  const named = dims.filter((d) => typeof d !== "number").length;
  if (named <= 1 && (named === 0 || !dims.includes(0))) {
    return g.op("Reshape", [x, g.ints(dims.map((d) => (typeof d === "number" ? d : -1)))]);
  }
  if (like === undefined)
    throw new OnnxTrainError(`a shape with several open sizes [${dims.join(", ")}] is not supported`);
  return g.op("Reshape", [x, g.op("Shape", [like])]);
}

const sameDims = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** Stretches `x`, whose axes have the size of `like` or 1, to the shape of `like`. */
export function expandLike(g: TrainingGraph, x: string, like: string): string {
  return sameDims(g.dimsOf(x), g.dimsOf(like)) ? x : g.op("Expand", [x, shapeOf(g, like)]);
}

/**
 * Undoes broadcasting: sums `gradient` over the axes along which the value `like` was stretched. Where two open sizes meet, the
 * run finds these axes, as those along which the shapes differ.
 */
export function sumTo(g: TrainingGraph, gradient: string, like: string): string {
  const [from, to] = [g.dimsOf(gradient), g.dimsOf(like)];
  if (sameDims(from, to)) return gradient;
  const extra = from.length - to.length;
  const axes = range(extra);
  for (const [i, size] of to.entries()) {
    if (size === from[i + extra]) continue;
    if (size !== 1) return sumToOpen(g, gradient, like, extra);
    axes.push(i + extra);
  }
  // Leading axes go away, inner ones stay with size 1.
  if (axes.length === extra) return reduce(g, "ReduceSum", gradient, axes, 0);
  const summed = reduce(g, "ReduceSum", gradient, axes, 1);
  return extra === 0 ? summed : g.op("Squeeze", [summed, g.ints(range(extra))]);
}

function sumToOpen(g: TrainingGraph, gradient: string, like: string, extra: number): string {
  const shape = shapeOf(g, like);
  const whole = extra === 0 ? shape : g.op("Concat", [g.ints(new Array(extra).fill(1)), shape], { axis: 0 });
  const stretched = g.op("Not", [g.op("Equal", [whole, shapeOf(g, gradient)])]);
  const axes = g.op("Reshape", [g.op("NonZero", [stretched]), g.ints([-1])]);
  const summed = g.op("ReduceSum", [gradient, axes], { keepdims: 1, noop_with_empty_axes: 1 });
  return g.op("Reshape", [summed, shape]);
}

/** The number of elements of `value` along `axes`, as a float scalar. */
export function countAlong(g: TrainingGraph, value: string, axes: readonly number[]): string {
  const dims = g.dimsOf(value);
  const sizes = axes.map((axis) => dims[axis]!);
  if (sizes.every((s) => typeof s === "number"))
    return g.scalar(
      (sizes as number[]).reduce((a, b) => a * b, 1),
      value,
    );
  const picked = g.op("Gather", [g.op("Shape", [value]), g.ints(axes)], { axis: 0 });
  const count = reduce(g, "ReduceProd", picked, [0], 0);
  return g.op("Cast", [count], { to: g.typeOf(value) ?? DataType.float });
}

/** `x` times a number. */
export const timesScalar = (g: TrainingGraph, x: string, value: number): string =>
  value === 1 ? x : g.op("Mul", [x, g.scalar(value, x)]);

export const square = (g: TrainingGraph, x: string): string => g.op("Mul", [x, x]);

/** Swaps the last two axes. */
export function transposeLast(g: TrainingGraph, x: string): string {
  const rank = g.dimsOf(x).length;
  return g.op("Transpose", [x], { perm: [...range(rank - 2), rank - 1, rank - 2] });
}

/** Zeros of the shape and type of `like`. */
export function zerosLike(g: TrainingGraph, like: string): string {
  return g.op("Expand", [g.scalar(0, like), shapeOf(g, like)]);
}

/** `condition` (bool) as 0 and 1 of the type of `like`. */
export const mask = (g: TrainingGraph, condition: string, like: string): string =>
  g.op("Cast", [condition], { to: g.typeOf(like) ?? DataType.float });
