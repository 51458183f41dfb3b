/** Functions of four values at once. */
import { multiplyAdd } from "./tile";

/** `e^x` to about 1e-7 of it; 0 below -87.3, infinite above 88.7, NaN stays. */
export function exponential(x: v128): v128 {
  const least = f32x4.splat(-87.33654);
  const small = f32x4.lt(x, least);
  const large = f32x4.gt(x, f32x4.splat(88.72283));
  const clamped = f32x4.pmin(f32x4.pmax(x, least), f32x4.splat(88.72283));
  // x = n log 2 + r with |r| <= log(2) / 2; log 2 in two parts, the first of few digits.
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(<f32>Math.LOG2E)));
  const rest = multiplyAdd(n, f32x4.splat(-0.693359375), clamped);
  const r = multiplyAdd(n, f32x4.splat(2.1219444005469057e-4), rest);
  // Taylor's polynomial of degree 7: its rest is below 6e-9.
  let y = multiplyAdd(f32x4.splat(1.984127e-4), r, f32x4.splat(1.3888889e-3));
  y = multiplyAdd(y, r, f32x4.splat(8.3333333e-3));
  y = multiplyAdd(y, r, f32x4.splat(4.1666667e-2));
  y = multiplyAdd(y, r, f32x4.splat(1.6666667e-1));
  y = multiplyAdd(y, r, f32x4.splat(0.5));
  y = multiplyAdd(y, r, f32x4.splat(1));
  y = multiplyAdd(y, r, f32x4.splat(1));
  // 2^n in two factors, as 2^128 is no float32.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const scaled = f32x4.mul(f32x4.mul(y, power(half)), power(i32x4.sub(whole, half)));
  return v128.bitselect(f32x4.splat(Infinity), v128.andnot(scaled, small), large);
}

/** `2^n` of integers within the exponents of float32. */
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * `erf(x)` to about 3e-7, as on the cpu backend: Abramowitz and Stegun 7.1.26, and below 1/2, where its cancellation would show
 * in small values, the Taylor series.
 *
 * @param gaussian `e^(-x²)`
 */
export function errorFunction(x: v128, gaussian: v128): v128 {
  const size = f32x4.abs(x);
  const t = f32x4.div(f32x4.splat(1), multiplyAdd(f32x4.splat(0.3275911), size, f32x4.splat(1)));
  let y = multiplyAdd(f32x4.splat(1.061405429), t, f32x4.splat(-1.453152027));
  y = multiplyAdd(y, t, f32x4.splat(1.421413741));
  y = multiplyAdd(y, t, f32x4.splat(-0.284496736));
  y = multiplyAdd(y, t, f32x4.splat(0.254829592));
  y = f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.mul(y, t), gaussian));
  const far = v128.or(y, v128.and(x, f32x4.splat(-0)));
  const s = f32x4.mul(x, x);
  let near = multiplyAdd(f32x4.splat(-8.548327e-4), s, f32x4.splat(5.2239776e-3));
  near = multiplyAdd(near, s, f32x4.splat(-2.6866171e-2));
  near = multiplyAdd(near, s, f32x4.splat(1.1283792e-1));
  near = multiplyAdd(near, s, f32x4.splat(-3.7612639e-1));
  near = f32x4.mul(multiplyAdd(near, s, f32x4.splat(1.1283792)), x);
  return v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.5)));
}
