/** Which rows of a tensor an initializer sets at one call, and where they lie in the data. */
import type { Kernel } from "../shape.js";

/** Some rows of a tensor, or of one of its `parts` along `out`, in data that holds only the rows of the tensor that are asked for. */
export interface Block extends Kernel {
  /** Equal parts along `out` that are initialized each by itself. */
  readonly parts: number;
  /** Stored offset of the block's row 0; lies outside of the data where a range of rows begins behind it. */
  readonly base: number;
  /** Index of the block's row 0 among all rows: random draws are addressed by place in the whole tensor. */
  readonly firstRow: number;
  /** Rows of the block to set: from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
}

/** Rows `begin` to `begin + count` of a whole tensor, in data that holds these alone. */
export function blockOf(kernel: Kernel, parts: number, [begin, count]: readonly [number, number]): Block {
  const { strides, out } = kernel;
  // Axes stored outside of `out` lie closer where there are fewer rows.
  const closer = (stride: number) => (stride > strides.out ? (stride * count) / out : stride);
  return {
    ...kernel,
    strides: { ...strides, in: closer(strides.in), tap: closer(strides.tap) },
    parts,
    base: -begin * strides.out,
    firstRow: 0,
    begin,
    end: begin + count,
  };
}

/** The parts of a block that have rows to set, each as a block without parts. */
export function partsOf(block: Block): Block[] {
  const { parts, base, strides, begin, end } = block;
  const out = block.out / parts;
  return Array.from({ length: parts }, (_, part) => {
    const firstRow = part * out;
    return {
      ...block,
      parts: 1,
      out,
      fanOut: out * block.taps,
      size: block.size / parts,
      base: base + firstRow * strides.out,
      firstRow,
      begin: Math.max(begin - firstRow, 0),
      end: Math.min(end - firstRow, out),
    };
  }).filter((part) => part.begin < part.end);
}
