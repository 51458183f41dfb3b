/** Normal numbers. */
import { VALUES } from "./memory";
import { quantiles } from "./quantile";

/** Turns words into mean + std · Φ⁻¹. */
export function normal(groups: i32, mean: f64, std: f64): void {
  const means = f64x2.splat(mean);
  const stds = f64x2.splat(std);
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 16) {
    const word = v128.load(at);
    const lower = f32x4.demote_f64x2_zero(quantiles(word, means, stds));
    const upper = f32x4.demote_f64x2_zero(quantiles(i64x2.shuffle(word, word, 1, 1), means, stds));
    v128.store(at, i64x2.shuffle(lower, upper, 0, 2));
  }
}
