/** Moves values from canonical order to the stored one: layout as a last permutation. */
import type { Block } from "./block.js";

/** Side of the square in which rows and columns are exchanged, so that both stay in the processor's cache. */
const TILE = 32;

/** Whether the stored order within the block is the canonical one: out, in, taps. */
function isContiguous({ strides, taps, in: inputs, out, groups }: Block): boolean {
  const { group, out: row, in: column } = strides;
  return row === inputs * taps && column === taps && (groups === 1 || group === (out / groups) * row);
}

/** Writes `values`, the rows asked for of the block in canonical order (out, in, taps), to their place in `data`. */
function storeCanonical(data: Float32Array, block: Block, values: ArrayLike<number>): void {
  const { strides, taps, in: inputs, begin, end } = block;
  if (isContiguous(block)) {
    data.set(values, block.base + begin * strides.out);
    return;
  }
  const rows = block.out / block.groups;
  for (let group = 0; group < block.groups; group++) {
    const base = block.base + group * strides.group;
    const [first, last] = [Math.max(begin - group * rows, 0), Math.min(end - group * rows, rows)];
    const source = (group * rows - begin) * inputs * taps;
    for (let rowTile = first; rowTile < last; rowTile += TILE) {
      const rowEnd = Math.min(rowTile + TILE, last);
      for (let inTile = 0; inTile < inputs; inTile += TILE) {
        const inEnd = Math.min(inTile + TILE, inputs);
        for (let m = rowTile; m < rowEnd; m++) {
          for (let j = inTile; j < inEnd; j++) {
            let from = source + (m * inputs + j) * taps;
            let to = base + m * strides.out + j * strides.in;
            for (let t = 0; t < taps; t++, to += strides.tap) data[to] = values[from++]!;
          }
        }
      }
    }
  }
}

/** {@link storeCanonical} of the rows asked for, from `values` of all rows of the block. */
export function storeRows(data: Float32Array, block: Block, values: Float32Array): void {
  const row = block.in * block.taps;
  storeCanonical(data, block, values.subarray(block.begin * row, block.end * row));
}

/**
 * Fills a block with values made in canonical order. `fill(target, from)` is to set `target` to the elements with
 * canonical index `from` and on; it writes in place where the stored order is canonical.
 */
export function fillCanonical(
  data: Float32Array,
  block: Block,
  fill: (target: Float32Array, from: number) => void,
): void {
  const { begin, end, strides } = block;
  const row = block.in * block.taps;
  const from = (block.firstRow + begin) * row;
  if (isContiguous(block)) {
    fill(data.subarray(block.base + begin * strides.out, block.base + end * strides.out), from);
    return;
  }
  const values = new Float32Array((end - begin) * row);
  fill(values, from);
  storeCanonical(data, block, values);
}
