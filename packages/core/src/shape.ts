/** Reads a stored shape by its layout: which axis is out, in, spatial, and where each element lies. */
import { checkObject, type Fail, failing, show } from "./errors.js";
import { defaultLayout, LAYOUTS, type Layout } from "./layout.js";

/** A kernel seen as `[out, in, tap]`, whatever the order in which it is stored. */
export interface Kernel {
  readonly layout: Layout;
  /** Outputs over all groups. */
  readonly out: number;
  /** Inputs per group; 1 for layout `"O"`. */
  readonly in: number;
  /** Spatial sizes, e.g. `[kh, kw]`; empty for dense kernels. */
  readonly spatial: readonly number[];
  /** Number of spatial positions K, the product of `spatial`. */
  readonly taps: number;
  readonly groups: number;
  readonly transposed: boolean;
  /** Inputs that one output reads: `in · K` with `in` per group. */
  readonly fanIn: number;
  /** `out · K`, with `out` over all groups as `torch.nn.init` counts it. */
  readonly fanOut: number;
  /** Number of elements. */
  readonly size: number;
  /**
   * Steps in the stored data. Element (m, j, t), with m in [0, out), j in [0, in), t a row-major tap index, lies at
   * `floor(m / (out / groups)) · group + (m mod (out / groups)) · out + j · in + t · tap`.
   */
  readonly strides: { readonly group: number; readonly out: number; readonly in: number; readonly tap: number };
}

/** Options of {@link toCanonical}. */
export interface ShapeOptions {
  /** Order of the axes. Default {@link defaultLayout} of the rank. */
  readonly layout?: Layout;
  /** Convolution groups. Default 1. */
  readonly groups?: number;
  /**
   * Whether the kernel belongs to a transposed convolution. With groups its O axis then holds `out / groups` and its
   * I axis all inputs (ONNX and PyTorch: `[in, out / groups, kH, kW]`, layout `"IOHW"`). Default false: O holds all
   * outputs and I holds `in / groups`.
   */
  readonly transposed?: boolean;
}

/** A count of something: an integer >= 1. */
export function checkCount(fail: Fail, what: string, value: number): void {
  if (!isCount(value)) fail(`${what} must be an integer >= 1`, value);
}

/** Whether a value is an integer >= 1. */
export const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

const AXIS_NAMES: Readonly<Record<string, string>> = { O: "out", I: "in", D: "depth", H: "height", W: "width" };

/**
 * Checks `shape` against its layout and finds the semantic axes and the strides.
 *
 * Layout `"O"` takes any rank: it counts all elements as outputs without inputs.
 *
 * @param who Opens error messages: what asks, e.g. `"idi"`.
 * @param layer Closes them: the parameter's name.
 * @throws {IdinitError} for a dimension that is not an integer >= 1, an unknown layout, a rank that does not fit the
 * layout, or groups that do not divide the axis they split.
 * @example toCanonical([3, 3, 16, 32], { layout: "HWIO" }) // out 32, in 16, spatial [3, 3], taps 9, fanIn 144
 */
export function toCanonical(
  shape: readonly number[],
  options: ShapeOptions = {},
  who = "toCanonical",
  layer = "",
): Kernel {
  const fail: Fail = failing(who, layer);
  if (!Array.isArray(shape)) fail("shape must be an array of integers >= 1", shape);
  checkObject(who, "options", options);
  const { layout = defaultLayout(shape.length), groups = 1, transposed = false } = options;
  if (!LAYOUTS.includes(layout)) fail(`layout must be one of ${LAYOUTS.join(", ")}`, layout);
  const plain = layout === "O";
  if (!plain && shape.length !== layout.length) fail(`layout ${layout} needs ${layout.length} dimensions`, shape);
  shape.forEach((dimension, axis) => {
    if (isCount(dimension)) return;
    const name = plain && shape[1] !== undefined ? `dimension ${axis}` : AXIS_NAMES[layout[axis]!];
    fail(`shape needs ${Number.isInteger(dimension) ? "" : "an integer "}${name} >= 1`, shape);
  });
  checkCount(fail, "groups", groups);
  if (plain && groups > 1) fail("groups must be 1 for layout O", groups);

  // Stored strides, from the last axis backwards. The spatial axes are neighbours in every layout, so one step serves all taps.
  const sizes: Record<string, number> = { I: 1 };
  const steps: Record<string, number> = { I: 1, W: 1 };
  let size = 1;
  for (let axis = layout.length; axis-- > 0; ) {
    const letter = layout[axis]!;
    steps[letter] = size;
    size *= sizes[letter] = plain ? product(shape) : shape[axis]!;
  }
  if (!Number.isSafeInteger(size)) fail(`shape ${show(shape)} has too many elements`);
  const spatial = [..."DHW"].flatMap((letter) => sizes[letter] ?? []);
  const taps = product(spatial);
  const grouped = transposed && groups > 1 ? "I" : "O";
  const perGroup = sizes[grouped]! / groups;
  if (!Number.isInteger(perGroup)) fail(`groups must divide ${AXIS_NAMES[grouped]} = ${sizes[grouped]}`, groups);
  const out = sizes.O! * (transposed ? groups : 1);
  const inputs = sizes.I! / (transposed ? groups : 1);
  const strides = { group: perGroup * steps[grouped]!, out: steps.O!, in: steps.I!, tap: steps.W! };
  const fans = { fanIn: inputs * taps, fanOut: out * taps };
  return { layout, out, in: inputs, spatial, taps, groups, transposed, ...fans, size, strides };
}

/** 1 for none. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
