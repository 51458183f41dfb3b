/** Truncated normal numbers; `src/random/plainTruncated.ts` is the same in JavaScript. */
import { VALUES } from "./memory";
import { quantiles } from "./quantile";

/** floor(centre + scale · word) of the first two of four words. */
function squeeze(word: v128, centre: v128, scale: v128): v128 {
  const place = f64x2.add(centre, f64x2.mul(scale, f64x2.convert_low_i32x4_s(word)));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(place));
}

/** Moves words into the interval's part of the distribution, then to mean + std · Φ⁻¹ within [low, high]. */
export function truncated(groups: i32, centre: f64, scale: f64, mean: f64, std: f64, low: f64, high: f64): void {
  const centres = f64x2.splat(centre);
  const scales = f64x2.splat(scale);
  const means = f64x2.splat(mean);
  const stds = f64x2.splat(std);
  const lows = f64x2.splat(low);
  const highs = f64x2.splat(high);
  const end = VALUES + ((<usize>groups) << 6);
  // Two at a time: the second half of each vector goes unused.
  for (let at = VALUES; at < end; at += 8) {
    const place = squeeze(v128.load64_zero(at), centres, scales);
    // Counted from the centre; words count from the tail, with the sign on top.
    const word = v128.xor(place, v128.andnot(i32x4.splat(0x7fffffff), i32x4.shr_s(place, 31)));
    const value = f64x2.pmax(f64x2.pmin(quantiles(word, means, stds), highs), lows);
    v128.store64_lane(at, f32x4.demote_f64x2_zero(value), 0);
  }
}
