/** Which part of a tensor an initializer fills at one call: one of `parts` along `out`, or the rows of it that are asked for. */
import { type Kernel, show } from "../shape.js";

/** The part of a tensor that an initializer fills at one call: the whole of it, or one of `parts` blocks along `out`. */
export interface Block extends Kernel {
  /** Stored offset of the block's row 0; lies outside of the data where a range of rows begins behind it. */
  readonly base: number;
  /** Index of the block's row 0 among all rows: random draws are addressed by place in the whole tensor. */
  readonly firstRow: number;
  /** Rows of the block to set: from `begin` to before `end`; 0 and `out` but for a range of rows. */
  readonly begin: number;
  readonly end: number;
  /** Whether the stored order within the block is the canonical one: out, in, taps. */
  readonly contiguous: boolean;
}

/** A range of rows along canonical `out`. */
export interface Rows {
  readonly start: number;
  readonly count: number;
  /** Whether it is all there are. */
  readonly all: boolean;
}

type Fail = (text: string) => never;

export function allRows({ out }: Kernel): Rows {
  return { start: 0, count: out, all: true };
}

export function checkParts({ out, groups }: Kernel, parts: number, fail: Fail): number {
  if (!Number.isInteger(parts) || parts < 1) fail(`parts must be an integer >= 1, got ${show(parts)}`);
  if (out % parts !== 0) fail(`parts must divide out = ${out}, got ${parts}`);
  if (parts > 1 && groups > 1) fail(`parts ${parts} can't be joined with groups ${groups}`);
  return parts;
}

export function checkRows(kernel: Kernel, rows: readonly [number, number] | undefined, fail: Fail): Rows {
  if (rows === undefined) return allRows(kernel);
  const { out, groups, transposed } = kernel;
  const valid = Array.isArray(rows) && rows.length === 2 && rows.every(Number.isInteger);
  if (!valid || rows[0] < 0 || rows[1] < 1 || rows[0] + rows[1] > out) {
    fail(`rows must be [start, count] within out = ${out}, count >= 1, got ${show(rows)}`);
  }
  if (transposed && groups > 1) fail(`rows can't be cut from a transposed kernel with groups ${groups}`);
  return { start: rows[0], count: rows[1], all: rows[1] === out };
}

/** Elements that stay in the processor's cache between being cleared and being set. */
const CACHED = 2 ** 20;

/** The range in pieces that lie one behind the other in the stored data; one piece where rows are not stored that way. */
export function piecesOf(kernel: Kernel, range: Rows): Rows[] {
  const row = kernel.size / kernel.out;
  const count = Math.max(1, Math.floor(CACHED / row));
  if (kernel.strides.out !== row || range.count <= count || (kernel.transposed && kernel.groups > 1)) return [range];
  return Array.from({ length: Math.ceil(range.count / count) }, (_, i) => {
    const start = range.start + i * count;
    return { start, count: Math.min(count, range.start + range.count - start), all: false };
  });
}

/** The blocks that hold rows of the range, in data that holds the range alone. */
export function split(kernel: Kernel, parts: number, { start, count }: Rows): Block[] {
  const out = kernel.out / parts;
  const strides = stridesOf(kernel, count);
  const { taps, in: inputs, groups, layout } = kernel;
  const contiguous =
    strides.out === inputs * taps && strides.in === taps && strides.group === (kernel.out / groups) * strides.out;
  return Array.from({ length: parts }, (_, part) => ({
    ...kernel,
    out,
    strides,
    fanOut: out * taps,
    size: kernel.size / parts,
    base: (part * out - start) * strides.out,
    firstRow: part * out,
    begin: Math.max(start - part * out, 0),
    end: Math.min(start + count - part * out, out),
    contiguous: layout === "O" || contiguous,
  })).filter(({ begin, end }) => begin < end);
}

/** The strides where the tensor holds only `count` rows: axes stored outside of `out` lie closer. */
function stridesOf({ out, groups, strides }: Kernel, count: number): Kernel["strides"] {
  if (count === out) return strides;
  const closer = (stride: number) => (stride > strides.out ? (stride / out) * count : stride);
  return {
    group: (out / groups) * strides.out,
    out: strides.out,
    in: closer(strides.in),
    tap: closer(strides.tap),
  };
}

/** Copies a range of rows from a whole tensor. */
export function cut(data: Float32Array, kernel: Kernel, { start, count }: Rows, target: Float32Array): Float32Array {
  const step = kernel.strides.out;
  for (let from = start * step, to = 0; to < target.length; from += kernel.out * step, to += count * step) {
    target.set(data.subarray(from, from + count * step), to);
  }
  return target;
}
