/** The normal quantile of random words by table; `src/random/plainNormal.ts` is the same in JavaScript. */
import { TABLE } from "./memory";

/** mean + std · Φ⁻¹ of four words. */
export function quantiles(word: v128, mean: v128, std: v128): v128 {
  const bits = f32x4.convert_i32x4_s(v128.or(v128.and(word, i32x4.splat(0x7fffffff)), i32x4.splat(1)));
  const offset = v128.and(i32x4.shr_u(i32x4.add(bits, i32x4.splat(0x800000)), 9), i32x4.splat(0x7fff8));
  const t = f32x4.convert_i32x4_s(v128.and(bits, i32x4.splat(0xfff)));
  const sign = v128.and(word, i32x4.splat(0x80000000));
  // Two offsets come out of the vector at once, and the lines are put together by unpacking alone: shuffles are what there are too few units for.
  const near = i64x2.extract_lane(offset, 0);
  const far = i64x2.extract_lane(offset, 1);
  const even = i32x4.shuffle(line(<usize>near), line(<usize>far), 0, 4, 1, 5);
  const odd = i32x4.shuffle(line(<usize>(near >> 32)), line(<usize>(far >> 32)), 0, 4, 1, 5);
  const start = i32x4.shuffle(even, odd, 0, 4, 1, 5);
  const slope = i32x4.shuffle(even, odd, 2, 6, 3, 7);
  const size = f32x4.add(start, f32x4.mul(t, slope));
  return f32x4.add(mean, f32x4.mul(v128.xor(std, sign), size));
}

/** An entry of the table: start, slope, 0, 0. */
function line(offset: usize): v128 {
  return v128.load64_zero(offset, TABLE);
}
