/** The normal quantile of random words by table; `src/random/plainNormal.ts` is the same in JavaScript. */
import { TABLE } from "./memory";

/** mean + std · Φ⁻¹ of four words. */
export function quantiles(word: v128, mean: v128, std: v128): v128 {
  const bits = f32x4.convert_i32x4_s(v128.or(v128.and(word, i32x4.splat(0x7fffffff)), i32x4.splat(1)));
  const offset = v128.and(i32x4.shr_u(i32x4.add(bits, i32x4.splat(0x800000)), 9), i32x4.splat(0x7fff8));
  const t = f32x4.convert_i32x4_s(v128.and(bits, i32x4.splat(0xfff)));
  const sign = v128.and(word, i32x4.splat(0x80000000));
  const lower = lines(i32x4.extract_lane(offset, 0), i32x4.extract_lane(offset, 1));
  const upper = lines(i32x4.extract_lane(offset, 2), i32x4.extract_lane(offset, 3));
  const start = i32x4.shuffle(lower, upper, 0, 2, 4, 6);
  const slope = i32x4.shuffle(lower, upper, 1, 3, 5, 7);
  const size = f32x4.add(start, f32x4.mul(t, slope));
  return f32x4.add(mean, f32x4.mul(v128.xor(std, sign), size));
}

/** Two entries of the table: start, slope, start, slope. */
function lines(first: usize, second: usize): v128 {
  return v128.load64_lane(second, v128.load64_zero(first, TABLE), 1, TABLE);
}
