/** The gradient of ReLU. */
import { floats } from "./floats";

/** `dx = dy where x > 0, else 0`, of `count` values; addresses in bytes. */
export function reluGradient(dx: usize, dy: usize, x: usize, count: i32): void {
  const end = dx + floats(count);
  const vectors = dx + floats(count & ~3);
  const zero = f32x4.splat(0);
  for (; dx < vectors; dx += 16, dy += 16, x += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(x), zero)));
  }
  for (; dx < end; dx += 4, dy += 4, x += 4) store<f32>(dx, load<f32>(x) > 0 ? load<f32>(dy) : 0);
}
