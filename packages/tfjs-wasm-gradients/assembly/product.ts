/** Products of any two matrices, each read as it is or transposed. Addresses and rows in bytes. */
import { floats } from "./floats";
import { rowTile } from "./tile";

/** Inner dimension and columns of b that are packed at a time: b's part stays in the second cache. */
const DEPTH = 256;
const COLUMNS = 256;
/** Rows of a at a time: they stay in the first cache beside eight columns of b. */
const ROWS = 32;

/**
 * `c = a b` of `[m, k]` and `[k, n]`; a transposed matrix is stored `[k, m]`, or `[n, k]`. Rows of the matrices as they are
 * stored are `rowA`, `rowB` and `rowC` apart, so that they may be parts of wider ones.
 *
 * @param work `4 min(fours(k), 256) (min(eights(n), 256) + 32) + 128` bytes, sizes rounded up to multiples of 4 and 8
 */
export function product(
  c: usize,
  rowC: usize,
  a: usize,
  rowA: usize,
  transposeA: bool,
  b: usize,
  rowB: usize,
  transposeB: bool,
  m: i32,
  k: i32,
  n: i32,
  work: usize,
): void {
  const packedA = work + 128;
  const packedB = packedA + floats(ROWS * min((k + 3) & ~3, DEPTH));
  for (let l = 0; l < k; l += DEPTH) {
    const depth = min(DEPTH, k - l);
    const padded = (depth + 3) & ~3;
    for (let j = 0; j < n; j += COLUMNS) {
      const columns = min(COLUMNS, n - j);
      const fromB = transposeB ? b + <usize>j * rowB + floats(l) : b + <usize>l * rowB + floats(j);
      if (transposeB) packTransposed(packedB, fromB, rowB, depth, padded, columns);
      else pack(packedB, fromB, rowB, depth, padded, columns);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i);
        let partA = transposeA ? a + <usize>l * rowA + floats(i) : a + <usize>i * rowA + floats(l);
        let row = rowA;
        if (transposeA || padded !== depth || rows < 4) {
          if (transposeA) transpose(packedA, partA, rowA, rows, depth, padded);
          else widen(packedA, partA, rowA, rows, depth, padded);
          partA = packedA;
          row = floats(padded);
        }
        const partC = c + <usize>i * rowC + floats(j);
        block(partC, rowC, partA, row, packedB, rows, padded, columns, l > 0, work);
      }
    }
  }
}

/** `c = a b`, or adds to c, tile by tile; tiles that reach over c's edges are made beside it. At least four rows of a. */
function block(
  c: usize,
  rowC: usize,
  a: usize,
  rowA: usize,
  b: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  more: bool,
  tile: usize,
): void {
  for (let j = 0; j < columns; j += 8) {
    const strip = b + floats(j * depth);
    const wide = min(8, columns - j);
    for (let i = 0; i < rows; i += 4) {
      // The last four rows of a, some of them a second time, if there are no four left.
      const at = rows < 4 ? 0 : min(i, rows - 4);
      const from = a + <usize>at * rowA;
      const to = c + <usize>i * rowC + floats(j);
      if (wide === 8 && i + 4 <= rows) {
        rowTile(to, rowC, from, rowA, strip, depth, more);
        continue;
      }
      rowTile(tile, 32, from, rowA, strip, depth);
      for (let row = 0; row < min(4, rows - i); row++) {
        const source = tile + ((<usize>(i - at + row)) << 5);
        const target = to + <usize>row * rowC;
        for (let x: usize = 0; x < floats(wide); x += 4) {
          store<f32>(target + x, more ? load<f32>(target + x) + load<f32>(source + x) : load<f32>(source + x));
        }
      }
    }
  }
}

/** Rows of b to columns of eight, `[columns / 8][padded][8]`, with zeros where b ends. */
function pack(target: usize, b: usize, rowB: usize, depth: i32, padded: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 8) {
    let to = target + floats(j * padded);
    let from = b + floats(j);
    const bytes = floats(min(8, columns - j));
    for (let l = 0; l < depth; l++, to += 32, from += rowB) {
      if (bytes === 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        memory.fill(to, 0, 32);
        memory.copy(to, from, bytes);
      }
    }
    if (padded > depth) memory.fill(to, 0, (<usize>(padded - depth)) << 5);
  }
}

/** Likewise of b transposed, whose columns are stored as rows. */
function packTransposed(target: usize, b: usize, rowB: usize, depth: i32, padded: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 8) {
    const strip = target + floats(j * padded);
    const wide = min(8, columns - j);
    if (wide < 8 || padded > depth) memory.fill(strip, 0, (<usize>padded) << 5);
    for (let half = 0; half < wide; half += 4) {
      const to = strip + floats(half);
      transposeInto(to, 32, b + <usize>(j + half) * rowB, rowB, min(4, wide - half), depth);
    }
  }
}

/** a `[depth, rows]` to `[rows, padded]`, at least four rows, with zeros where a ends. */
function transpose(target: usize, a: usize, rowA: usize, rows: i32, depth: i32, padded: i32): void {
  const row = floats(padded);
  if (padded > depth || rows < 4) memory.fill(target, 0, <usize>max(4, rows) * row);
  for (let l = 0; l < depth; l += 4) {
    transposeInto(target + floats(l), row, a + <usize>l * rowA, rowA, min(4, depth - l), rows);
  }
}

/** `target[x, y] = source[y, x]` for y < count, at most 4, and x < length; writes no other values. */
function transposeInto(target: usize, row: usize, source: usize, rowS: usize, count: i32, length: i32): void {
  let x = 0;
  if (count === 4) {
    const third = rowS + rowS;
    for (; x + 4 <= length; x += 4) {
      const from = source + floats(x);
      const s0 = v128.load(from);
      const s1 = v128.load(from + rowS);
      const s2 = v128.load(from + third);
      const s3 = v128.load(from + third + rowS);
      const low01 = i32x4.shuffle(s0, s1, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(s0, s1, 2, 6, 3, 7);
      const low23 = i32x4.shuffle(s2, s3, 0, 4, 1, 5);
      const high23 = i32x4.shuffle(s2, s3, 2, 6, 3, 7);
      const to = target + <usize>x * row;
      v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
      v128.store(to + row, i64x2.shuffle(low01, low23, 1, 3));
      v128.store(to + row + row, i64x2.shuffle(high01, high23, 0, 2));
      v128.store(to + row + row + row, i64x2.shuffle(high01, high23, 1, 3));
    }
  }
  for (; x < length; x++) {
    for (let y = 0; y < count; y++) {
      store<f32>(target + <usize>x * row + floats(y), load<f32>(source + <usize>y * rowS + floats(x)));
    }
  }
}

/** Rows of a, at least four, with zeros behind their values. */
function widen(target: usize, a: usize, rowA: usize, rows: i32, depth: i32, padded: i32): void {
  const row = floats(padded);
  memory.fill(target, 0, <usize>max(4, rows) * row);
  for (let i = 0; i < rows; i++) memory.copy(target + <usize>i * row, a + <usize>i * rowA, floats(depth));
}
