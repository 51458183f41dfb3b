/** Views on stored weights: what transposes, cuts and joins between a weight and its use amount to. */
import type { Layout } from "@idinit/core";
import type { ParameterUse } from "@idinit/core/graph";
import type { JoinedValue, ViewAxis, WeightValue } from "./values.js";

const LAYOUTS: ReadonlySet<string> = new Set<Layout>(
  "O OI IO OIW WIO IOW WOI OIHW HWIO IOHW HWOI OIDHW DHWIO IODHW DHWOI".split(" ") as Layout[],
);

/** A stored tensor as it is. */
export function wholeWeight(parameter: string, shape: readonly number[]): WeightValue {
  return { kind: "weight", parameter, axes: shape.map((full, position) => ({ position, start: 0, size: full, full })) };
}

const isWhole = ({ start, size, full }: ViewAxis) => start === 0 && size === full;

export function transposeWeight(weight: WeightValue, perm: readonly number[]): WeightValue {
  return { ...weight, axes: perm.map((axis) => weight.axes[axis]!) };
}

/** Part of one axis. */
export function sliceWeight(weight: WeightValue, axis: number, start: number, size: number): WeightValue {
  return { ...weight, axes: weight.axes.map((a, i) => (i === axis ? { ...a, start: a.start + start, size } : a)) };
}

/** The same elements in another shape; undefined where that is no view: cut or transposed weights can only gain and lose axes of 1. */
export function reshapeWeight(weight: WeightValue, shape: readonly number[]): WeightValue | undefined {
  const long = weight.axes.filter(({ full }) => full > 1);
  const wanted = shape.filter((size) => size > 1);
  if (long.length === wanted.length && long.every(({ size }, i) => size === wanted[i])) {
    let next = 0;
    let last = -1;
    const axes = shape.map((size) => {
      const axis = size > 1 ? long[next++]! : { position: last + 0.001, start: 0, size: 1, full: 1 };
      last = axis.position;
      return axis;
    });
    return { ...weight, axes };
  }
  const ordered = weight.axes.every((axis, i) => i === 0 || weight.axes[i - 1]!.position < axis.position);
  return ordered && weight.axes.every(isWhole) ? wholeWeight(weight.parameter, shape) : undefined;
}

/**
 * Weights joined along an axis. Cuts of one weight that cover it again are that weight (recurrent gates put into another order);
 * anything else stays a list.
 */
export function joinWeights(
  values: readonly (WeightValue | JoinedValue)[],
  shapes: readonly (readonly number[])[],
  axis: number,
): WeightValue | JoinedValue {
  const pieces = values.flatMap((value) => (value.kind === "weight" ? [value] : value.pieces));
  const total = shapes.reduce((sum, shape) => sum + shape[axis]!, 0);
  const first = pieces[0]!;
  if (pieces.length === values.length && pieces.every(({ parameter }) => parameter === first.parameter)) {
    const starts = new Set(pieces.map(({ axes }) => axes[axis]!.start));
    if (starts.size === pieces.length && total === first.axes[axis]!.full) {
      return { ...first, axes: first.axes.map((a, i) => (i === axis ? { ...a, start: 0, size: a.full } : a)) };
    }
  }
  return { kind: "joined", pieces, shape: shapes[0]!.map((size, i) => (i === axis ? total : size)) };
}

/**
 * How a node uses a weight whose axes mean `letters` ("O", "I", then D, H, W). Undefined where no layout describes it:
 * weights cut along anything but `out`, or spatial axes out of order.
 */
export function useOf(
  weight: WeightValue,
  letters: readonly string[],
  stored: readonly number[],
  more: { groups?: number; parts?: number } = {},
): ParameterUse | undefined {
  if (weight.axes.length !== letters.length) return undefined;
  const axes = weight.axes.map((axis, i) => ({ ...axis, letter: letters[i]! })).sort((a, b) => a.position - b.position);
  const layout = axes.map(({ letter }) => letter).join("");
  const cut = axes.filter((axis) => !isWhole(axis));
  if (!LAYOUTS.has(layout) || cut.some(({ letter }) => letter !== "O")) return undefined;
  const shape = axes.map(({ full }) => full);
  const rows = cut[0] && ([cut[0].start, cut[0].size] as const);
  const same = shape.length === stored.length && shape.every((size, i) => size === stored[i]);
  return {
    parameter: weight.parameter,
    layout: layout as Layout,
    ...(same ? {} : { shape }),
    ...(more.groups !== undefined && more.groups !== 1 && { groups: more.groups }),
    ...(more.parts !== undefined && more.parts !== 1 && { parts: more.parts }),
    ...(rows && { rows }),
  };
}

/** A weight used as a vector, whatever its shape. */
export function vectorUse(weight: WeightValue, stored: readonly number[]): ParameterUse | undefined {
  const long = weight.axes.filter(({ full }) => full > 1);
  const cut = long.filter((axis) => !isWhole(axis));
  const size = stored.reduce((product, dim) => product * dim, 1);
  if (cut.length > 1 || (cut.length === 1 && long.length > 1)) return undefined;
  return {
    parameter: weight.parameter,
    layout: "O",
    ...(stored.length === 1 ? {} : { shape: [size] }),
    ...(cut[0] && { rows: [cut[0].start, cut[0].size] as const }),
  };
}
