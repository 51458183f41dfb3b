/** What follows a convolution. */
import { floats } from "./floats";

/** `y += bias` per channel, channels a multiple of 4, with `rectify` then ReLU; NaN stays. Addresses in bytes. */
export function addBias(y: usize, rows: i32, channels: i32, bias: usize, rectify: bool): void {
  const row = floats(channels);
  const least = f32x4.splat(rectify ? 0 : -Infinity);
  for (const end = y + <usize>rows * row; y < end; y += row) {
    for (let c: usize = 0; c < row; c += 16) {
      v128.store(y + c, f32x4.pmax(f32x4.add(v128.load(y + c), v128.load(bias + c)), least));
    }
  }
}
