/** Normal numbers. */
import { VALUES } from "./memory";
import { quantiles } from "./quantile";

/** Turns words into mean + std · Φ⁻¹. */
export function normal(groups: i32, mean: f32, std: f32): void {
  const means = f32x4.splat(mean);
  const stds = f32x4.splat(std);
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 16) v128.store(at, quantiles(v128.load(at), means, stds));
}
