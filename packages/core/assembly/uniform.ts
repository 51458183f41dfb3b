/** Uniform numbers; `src/random/plainUniform.ts` is the same in JavaScript. */
import { VALUES } from "./memory";

function half(k: v128, low: v128, step: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.add(low, f64x2.mul(step, f64x2.convert_low_i32x4_s(k))));
}

/** Turns words into low + step · (word >>> 8). */
export function uniform(groups: i32, low: f64, step: f64): void {
  const lows = f64x2.splat(low);
  const steps = f64x2.splat(step);
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 16) {
    const k = i32x4.shr_u(v128.load(at), 8);
    const upper = i64x2.shuffle(k, k, 1, 1);
    v128.store(at, i64x2.shuffle(half(k, lows, steps), half(upper, lows, steps), 0, 2));
  }
}
