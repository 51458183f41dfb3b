/** Which part of a tensor an initializer fills at one call: one of `parts` along `out`, or the rows of it that are asked for. */
import type { Kernel } from "../shape.js";

/** The part of a tensor that an initializer fills at one call: some rows of the whole of it, or of one of `parts` blocks along `out`. */
export interface Block extends Kernel {
  /** Stored offset of the block's row 0; lies outside of the data where a range of rows begins behind it. */
  readonly base: number;
  /** Index of the block's row 0 among all rows: random draws are addressed by place in the whole tensor. */
  readonly firstRow: number;
  /** Rows of the block to set: from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
}

/** The blocks that hold rows `start` to `start + count`, in data that holds these rows alone. */
export function blocksOf(kernel: Kernel, parts: number, [start, count]: readonly [number, number]): Block[] {
  const { strides } = kernel;
  const out = kernel.out / parts;
  // Axes stored outside of `out` lie closer where there are fewer rows.
  const closer = (stride: number) => (stride > strides.out ? (stride * count) / kernel.out : stride);
  const steps = { ...strides, in: closer(strides.in), tap: closer(strides.tap) };
  return Array.from({ length: parts }, (_, part) => {
    const firstRow = part * out;
    return {
      ...kernel,
      out,
      strides: steps,
      fanOut: out * kernel.taps,
      size: kernel.size / parts,
      base: (firstRow - start) * strides.out,
      firstRow,
      begin: Math.max(start - firstRow, 0),
      end: Math.min(start + count - firstRow, out),
    };
  }).filter(({ begin, end }) => begin < end);
}
