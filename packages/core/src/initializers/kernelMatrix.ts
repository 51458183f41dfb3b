/** Convolution kernels as matrices: which of a kernel's elements an identity is laid into. */
import type { Block } from "./block.js";
import type { Rules } from "./check.js";

/** How a kernel is seen as a matrix. */
export interface KernelMatrixOptions {
  /**
   * Which index runs fastest along the columns of the flattened kernel: `"kernel-fastest"` (default), column = c·K + tap,
   * is an OIHW kernel viewed as a matrix; `"channel-fastest"`, column = tap·in + c, is the papers' literal "k k c_in".
   * Without effect where K = 1 and on centre taps.
   */
  readonly order?: "kernel-fastest" | "channel-fastest";
  /**
   * `"patch"` flattens to `[out, in·K]` (patch-maintain), per group on `[out / g, in·K]`; `"centre"` takes the centre
   * tap floor(k/2) alone, `[out / g, in]` (channel-maintain), and leaves all others 0. Default `"auto"`: patch, but
   * centre for grouped, depthwise and transposed convolutions.
   */
  readonly taps?: "auto" | "patch" | "centre";
}

/** The centre tap alone, whatever the kernel. */
export const CENTRE = { order: "kernel-fastest", taps: "centre" } as const;

/** The matrices of a block, one for each group or part, stacked. */
export interface KernelMatrix {
  /** Rows of each. */
  readonly rows: number;
  readonly columns: number;
  /** Stored offset of row 0 and column 0. */
  readonly start: number;
  /** Steps from matrix to matrix and from row to row. */
  readonly group: number;
  readonly row: number;
  /** A column is `period` times an index with step `slow` and an index below `period` with step `fast`. */
  readonly period: number;
  readonly slow: number;
  readonly fast: number;
}

/** How factories read these options. */
export const KERNEL_MATRIX_OPTIONS: Rules<KernelMatrixOptions> = {
  order: ["kernel-fastest", "channel-fastest"],
  taps: ["auto", "patch", "centre"],
};

/** Sees a block as matrices. */
export function kernelMatrix(block: Block, { order, taps }: Required<KernelMatrixOptions>): KernelMatrix {
  const { base, strides, in: inputs, taps: count, groups } = block;
  const centre = taps === "centre" || (taps === "auto" && (groups > 1 || block.transposed));
  const taken = centre ? 1 : count;
  const byTap = order === "kernel-fastest";
  return {
    rows: block.out / groups / block.parts,
    columns: inputs * taken,
    start: base + (centre ? centreTap(block.spatial) * strides.tap : 0),
    group: strides.group / block.parts,
    row: strides.out,
    period: byTap ? taken : inputs,
    slow: byTap ? strides.in : strides.tap,
    fast: byTap ? strides.tap : strides.in,
  };
}

/**
 * Position of an element in the stored data; row i is row i mod `rows` of its matrix. No closure of the matrix: an engine compiles this
 * once, and not anew for every tensor.
 */
export function placeOf(
  { rows, start, group, row, period, slow, fast }: KernelMatrix,
  i: number,
  column: number,
): number {
  const m = i % rows;
  const minor = column % period;
  return start + ((i - m) / rows) * group + m * row + ((column - minor) / period) * slow + minor * fast;
}

/** Row-major index of the tap at floor(k/2) on every spatial axis; 0 for dense kernels. */
function centreTap(spatial: readonly number[]): number {
  return spatial.reduce((index, size) => index * size + Math.floor(size / 2), 0);
}
