/** The normal quantile of random words by table; `src/random/plainNormal.ts` is the same in JavaScript. */
import { TABLE } from "./memory";

/** (c0 + c2 t², c1 + c3 t²) of one element. */
function partial(offset: i32, square: v128): v128 {
  const entry = <usize>offset;
  return f64x2.add(v128.load(entry, TABLE), f64x2.mul(square, v128.load(entry, TABLE + 16)));
}

/** mean ± std · (c0 + c1 t + c2 t² + c3 t³) of two elements; `std` carries the signs. */
function pair(u: v128, v: v128, t: v128, mean: v128, std: v128): v128 {
  const size = f64x2.add(i64x2.shuffle(u, v, 0, 2), f64x2.mul(t, i64x2.shuffle(u, v, 1, 3)));
  return f64x2.add(mean, f64x2.mul(std, size));
}

/** mean + std · Φ⁻¹ of the first two of four words, as float64. */
export function quantiles(word: v128, mean: v128, std: v128): v128 {
  const bits = f32x4.convert_i32x4_s(v128.or(v128.and(word, i32x4.splat(0x7fffffff)), i32x4.splat(1)));
  const offset = v128.and(i32x4.shr_u(i32x4.add(bits, i32x4.splat(0x800000)), 13), i32x4.splat(0x7fe0));
  const t = f64x2.convert_low_i32x4_s(v128.and(bits, i32x4.splat(0x3ffff)));
  const square = f64x2.mul(t, t);
  const sign = i32x4.shuffle(i32x4.splat(0), v128.and(word, i32x4.splat(0x80000000)), 0, 4, 0, 5);
  return pair(
    partial(i32x4.extract_lane(offset, 0), i64x2.shuffle(square, square, 0, 0)),
    partial(i32x4.extract_lane(offset, 1), i64x2.shuffle(square, square, 1, 1)),
    t,
    mean,
    v128.xor(std, sign),
  );
}
