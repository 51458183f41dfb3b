/** Convolution kernels as matrices: which of a kernel's elements an identity is laid into. */
import { checkOneOf } from "./check.js";
import type { Block } from "./define.js";

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

/** One group's matrix. */
export interface KernelMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Index of its first row among all rows of the tensor. */
  readonly firstRow: number;
  /** The rows to set: from `begin` to before `end`, all but where a range of the tensor's rows is made. */
  readonly begin: number;
  readonly end: number;
  /** Position of an element in the stored data. */
  at(row: number, column: number): number;
}

/** Checks the options of factory `who` and fills in their defaults. */
export function kernelMatrixOptions(who: string, options: KernelMatrixOptions): Required<KernelMatrixOptions> {
  return {
    order: checkOneOf(who, "order", options.order ?? "kernel-fastest", ["kernel-fastest", "channel-fastest"]),
    taps: checkOneOf(who, "taps", options.taps ?? "auto", ["auto", "patch", "centre"]),
  };
}

/** The matrices of a block, one for each group. */
export function kernelMatrices(block: Block, { order, taps }: Required<KernelMatrixOptions>): KernelMatrix[] {
  const { strides, in: inputs, taps: count } = block;
  const centre = count === 1 || taps === "centre" || (taps === "auto" && (block.groups > 1 || block.transposed));
  const rows = block.out / block.groups;
  const middle = centreTap(block.spatial) * strides.tap;
  const columns = centre ? inputs : inputs * count;
  const offset = (column: number) => {
    if (centre) return middle + column * strides.in;
    return order === "kernel-fastest"
      ? Math.floor(column / count) * strides.in + (column % count) * strides.tap
      : (column % inputs) * strides.in + Math.floor(column / inputs) * strides.tap;
  };
  return Array.from({ length: block.groups }, (_, group) => {
    const base = block.base + group * strides.group;
    const firstRow = block.firstRow + group * rows;
    const [begin, end] = [Math.max(block.begin - group * rows, 0), Math.min(block.end - group * rows, rows)];
    return { rows, columns, firstRow, begin, end, at: (row, column) => base + row * strides.out + offset(column) };
  });
}

/** Row-major index of the tap at floor(k/2) on every spatial axis; 0 for dense kernels. */
function centreTap(spatial: readonly number[]): number {
  return spatial.reduce((index, size) => index * size + Math.floor(size / 2), 0);
}
