/** Slice: bounds may be missing, negative or far outside. */
import { axisOf, type Dim } from "./dims.js";
import type { InferContext, InferRule } from "./facts.js";

export interface SliceBounds {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

/** The bounds of a Slice node where all of them are constants. */
export function sliceBounds(c: Pick<InferContext, "node" | "numbers">, rank: number): SliceBounds | undefined {
  const starts = c.numbers(1);
  const ends = c.numbers(2);
  const axes = c.node.inputs[3] ? c.numbers(3) : starts?.map((_, i) => i);
  const steps = c.node.inputs[4] ? c.numbers(4) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return undefined;
  return { axes: axes.map((a) => axisOf(a, rank)), starts, ends, steps };
}

/** First index and count of a slice along an axis of `size` elements. */
export function sliceExtent(size: number, start: number, end: number, step: number): { first: number; count: number } {
  const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const first = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const stop = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
  return { first, count: Math.max(0, Math.ceil((stop - first) / step)) };
}

/**
 * Sizes of a slice whose bounds are not all numbers: axes that are not cut keep theirs, and one cut from 0 to an open size has that,
 * since a program that looks up as many places as its input has means to have enough of them.
 */
function openSlice(c: InferContext, dims: readonly Dim[]): Dim[] {
  const { inputs } = c.node;
  const [starts, ends] = [c.input(1)?.elements, c.input(2)?.elements];
  const axes = inputs[3] ? c.numbers(3) : starts?.map((_, i) => i);
  const steps = inputs[4] ? c.numbers(4) : undefined;
  const cut = axes?.map((axis) => axisOf(axis, dims.length));
  const sizeAlong = (k: number, size: Dim, axis: number): Dim => {
    const [start, end] = [starts?.[k], ends?.[k]];
    if (inputs[4] && steps?.[k] !== 1) return c.fresh(axis);
    if (start === 0 && end !== undefined) {
      if (typeof end === "string") return typeof size === "number" || size === end ? end : c.fresh(axis);
      if (end >= 2 ** 31 - 1) return size;
    }
    if (typeof start !== "number" || typeof end !== "number" || typeof size !== "number") return c.fresh(axis);
    return sliceExtent(size, start, end, 1).count;
  };
  return dims.map((size, axis) => {
    const k = cut ? cut.indexOf(axis) : -2;
    return k === -1 ? size : k === -2 ? c.fresh(axis) : sizeAlong(k, size, axis);
  });
}

export const slice: InferRule = (c) => {
  const x = c.input(0)!;
  if (!x.dims) return [{ type: x.type }];
  const bounds = sliceBounds(c, x.dims.length);
  if (!bounds) return [{ type: x.type, dims: openSlice(c, x.dims) }];
  const dims: Dim[] = [...x.dims];
  let elements = x.elements;
  bounds.axes.forEach((axis, k) => {
    const [start, end, step] = [bounds.starts[k]!, bounds.ends[k]!, bounds.steps[k]!];
    const size = dims[axis]!;
    if (typeof size === "number") {
      const { first, count } = sliceExtent(size, start, end, step);
      // Rows of a table of pads are taken as wholes; elements are followed along the first axis only.
      const width = elements && axis === 0 ? elements.length / size : undefined;
      const rows =
        width &&
        Array.from({ length: count }, (_, i) =>
          elements!.slice((first + i * step) * width, (first + i * step + 1) * width),
        );
      elements = rows ? rows.flat() : undefined;
      dims[axis] = count;
    } else if (!(start === 0 && end >= 2 ** 31 - 1 && step === 1)) {
      dims[axis] = c.fresh(axis);
      elements = undefined;
    }
  });
  return [{ type: x.type, dims, elements }];
};
