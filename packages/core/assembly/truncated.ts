/** Truncated normal numbers; `src/random/plainTruncated.ts` is the same in JavaScript. */
import { VALUES } from "./memory";
import { quantiles } from "./quantile";

/** floor(centre + scale · word) of the first two of four words. */
function squeeze(word: v128, centre: v128, scale: v128): v128 {
  const place = f64x2.add(centre, f64x2.mul(scale, f64x2.convert_low_i32x4_s(word)));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(place));
}

/** Moves words into the interval's part of the distribution, then to mean + std · Φ⁻¹ within [low, high]. */
export function truncated(groups: i32, centre: f64, scale: f64, mean: f32, std: f32, low: f32, high: f32): void {
  const centres = f64x2.splat(centre);
  const scales = f64x2.splat(scale);
  const means = f32x4.splat(mean);
  const stds = f32x4.splat(std);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 16) {
    const word = v128.load(at);
    const lower = squeeze(word, centres, scales);
    const upper = squeeze(i64x2.shuffle(word, word, 1, 1), centres, scales);
    const place = i64x2.shuffle(lower, upper, 0, 2);
    // Counted from the centre; words count from the tail, with the sign on top.
    const moved = v128.xor(place, v128.andnot(i32x4.splat(0x7fffffff), i32x4.shr_s(place, 31)));
    v128.store(at, f32x4.pmax(f32x4.pmin(quantiles(moved, means, stds), highs), lows));
  }
}
