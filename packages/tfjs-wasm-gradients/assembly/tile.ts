/** The innermost loops of all products: four rows by eight columns, held in registers. Addresses and strides in bytes. */
import { floats } from "./floats";

/** Columns of a matrix that is made of such tiles. */
export function eights(n: i32): i32 {
  return (n + 7) & ~7;
}

/**
 * `c[i, j] = sum over l < k of a[i, l] * b[l, j]`, i < 4, j < 8, k a multiple of 4; b is packed, rows of eight values.
 *
 * @param more adds to c instead
 */
export function rowTile(c: usize, rowC: usize, a: usize, rowA: usize, b: usize, k: i32, more: bool = false): void {
  const c1 = c + rowC;
  const c2 = c1 + rowC;
  const c3 = c2 + rowC;
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  if (more) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  const rowA2 = rowA + rowA;
  const rowA3 = rowA2 + rowA;
  const end = a + floats(k);
  for (; a < end; a += 8, b += 64) {
    let left = v128.load(b);
    let right = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(x, left, s00);
    s01 = multiplyAdd(x, right, s01);
    x = v128.load32_splat(a + rowA);
    s10 = multiplyAdd(x, left, s10);
    s11 = multiplyAdd(x, right, s11);
    x = v128.load32_splat(a + rowA2);
    s20 = multiplyAdd(x, left, s20);
    s21 = multiplyAdd(x, right, s21);
    x = v128.load32_splat(a + rowA3);
    s30 = multiplyAdd(x, left, s30);
    s31 = multiplyAdd(x, right, s31);
    left = v128.load(b, 32);
    right = v128.load(b, 48);
    x = v128.load32_splat(a, 4);
    s00 = multiplyAdd(x, left, s00);
    s01 = multiplyAdd(x, right, s01);
    x = v128.load32_splat(a + rowA, 4);
    s10 = multiplyAdd(x, left, s10);
    s11 = multiplyAdd(x, right, s11);
    x = v128.load32_splat(a + rowA2, 4);
    s20 = multiplyAdd(x, left, s20);
    s21 = multiplyAdd(x, right, s21);
    x = v128.load32_splat(a + rowA3, 4);
    s30 = multiplyAdd(x, left, s30);
    s31 = multiplyAdd(x, right, s31);
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** `c[i, j] += sum over l < k of a[l, i] * b[l, j]`, i < 4, j < 8: rows of a are `stepA` apart, those of b `stepB`. */
export function columnTile(c: usize, rowC: usize, a: usize, stepA: usize, b: usize, stepB: usize, k: i32): void {
  const c1 = c + rowC;
  const c2 = c1 + rowC;
  const c3 = c2 + rowC;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  for (let l = 0; l < k; l++, a += stepA, b += stepB) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(x, left, s00);
    s01 = multiplyAdd(x, right, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, left, s10);
    s11 = multiplyAdd(x, right, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, left, s20);
    s21 = multiplyAdd(x, right, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, left, s30);
    s31 = multiplyAdd(x, right, s31);
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** `x * y + sum`, rounded once where the engine has relaxed SIMD. */
export function multiplyAdd(x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}
