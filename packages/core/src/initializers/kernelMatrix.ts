/** Convolution kernels as matrices: which of a kernel's elements an identity is laid into. */

import type { Block } from "./block.js";
import { checkOneOf } from "./check.js";

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

/** The matrices of a block, one for each group, stacked. */
export interface KernelMatrix {
  /** Rows of each. */
  readonly rows: number;
  readonly columns: number;
  /** Position of an element in the stored data. Row i is row i mod `rows` of its matrix. */
  at(i: number, column: number): number;
}

/** Checks the options of factory `who` and fills in their defaults. */
export function kernelMatrixOptions(who: string, options: KernelMatrixOptions): Required<KernelMatrixOptions> {
  return {
    order: checkOneOf(who, "order", options.order ?? "kernel-fastest", ["kernel-fastest", "channel-fastest"]),
    taps: checkOneOf(who, "taps", options.taps ?? "auto", ["auto", "patch", "centre"]),
  };
}

/** Sees a block as matrices. */
export function kernelMatrix(block: Block, { order, taps }: Required<KernelMatrixOptions>): KernelMatrix {
  const { base, strides, in: inputs, taps: count, groups } = block;
  const centre = count === 1 || taps === "centre" || (taps === "auto" && (groups > 1 || block.transposed));
  const rows = block.out / groups;
  const middle = centreTap(block.spatial) * strides.tap;
  const offset = (column: number) => {
    if (centre) return middle + column * strides.in;
    return order === "kernel-fastest"
      ? Math.floor(column / count) * strides.in + (column % count) * strides.tap
      : (column % inputs) * strides.in + Math.floor(column / inputs) * strides.tap;
  };
  return {
    rows,
    columns: centre ? inputs : inputs * count,
    at: (i, column) => base + Math.floor(i / rows) * strides.group + (i % rows) * strides.out + offset(column),
  };
}

/** Row-major index of the tap at floor(k/2) on every spatial axis; 0 for dense kernels. */
function centreTap(spatial: readonly number[]): number {
  return spatial.reduce((index, size) => index * size + Math.floor(size / 2), 0);
}
