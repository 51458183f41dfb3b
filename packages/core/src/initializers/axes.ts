/** Tensors whose axes no layout names: which axes are in, out, batch and spatial, said by number. */
import { checkObject, type Fail, failing, show } from "../errors.js";
import { product, toCanonical } from "../shape.js";

/** Axes by number; negative ones count from the end. */
export interface Axes {
  /** Axes that are summed over. Default -2. */
  readonly in?: number | readonly number[];
  /** Axes that are made. Default -1. */
  readonly out?: number | readonly number[];
  /** Axes that number separate kernels, which no fan counts. Default none. */
  readonly batch?: number | readonly number[];
}

/** The same with defaults filled in; every list in stored numbers. */
export interface ResolvedAxes {
  readonly in: readonly number[];
  readonly out: readonly number[];
  readonly batch: readonly number[];
  /** All others, in stored order: the receptive field. */
  readonly spatial: readonly number[];
}

/** Fills in the defaults of `axes` and checks them, without a shape. */
export function listAxes(axes: Axes): Record<"in" | "out" | "batch", readonly number[]> {
  checkObject("axes", "axes", axes);
  const list = (value: number | readonly number[]) => (typeof value === "number" ? [value] : value);
  return { in: list(axes.in ?? -2), out: list(axes.out ?? -1), batch: list(axes.batch ?? []) };
}

/**
 * Checks axes against a shape.
 *
 * @throws {IdinitError} for an axis that the shape does not have or that is named twice, and for a dimension that is not an integer >= 1.
 */
export function resolveAxes(shape: readonly number[], axes: Axes, who: string, layer = ""): ResolvedAxes {
  const fail: Fail = failing(who, layer);
  toCanonical(shape, { layout: "O" }, who, layer);
  const lists = listAxes(axes);
  const taken = new Set<number>();
  const resolve = (name: "in" | "out" | "batch") =>
    lists[name].map((axis) => {
      const index = axis < 0 ? axis + shape.length : axis;
      if (!Number.isInteger(axis) || index < 0 || index >= shape.length) {
        fail(`${name} axis ${show(axis)} is not in shape ${show(shape)}`);
      }
      if (taken.has(index)) fail(`axis ${index} is named twice for shape ${show(shape)}`);
      taken.add(index);
      return index;
    });
  const named = { in: resolve("in"), out: resolve("out"), batch: resolve("batch") };
  return { ...named, spatial: shape.map((_, axis) => axis).filter((axis) => !taken.has(axis)) };
}

/** Product of the dimensions of some axes. */
export function sizeOf(shape: readonly number[], axes: readonly number[]): number {
  return product(axes.map((axis) => shape[axis]!));
}
