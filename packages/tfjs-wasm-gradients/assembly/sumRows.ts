/** The sum over the rows of a matrix. */
import { floats } from "./floats";

/** `y = sum of the rows of x`, `[rows, columns]`, in float32 over 64 rows and in float64 over those; addresses in bytes. */
export function sumRows(y: usize, x: usize, rows: i32, columns: i32): void {
  const row = floats(columns);
  let c: usize = 0;
  for (; c + 16 <= row; c += 16) {
    let low = f64x2.splat(0);
    let high = low;
    for (let done = 0; done < rows; done += 64) {
      let sum = f32x4.splat(0);
      const start = x + <usize>done * row + c;
      const end = start + <usize>min(64, rows - done) * row;
      for (let at = start; at < end; at += row) sum = f32x4.add(sum, v128.load(at));
      low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 0)));
    }
    v128.store(y + c, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
  for (; c < row; c += 4) {
    let sum: f64 = 0;
    for (let at = x + c, end = at + <usize>rows * row; at < end; at += row) sum += <f64>load<f32>(at);
    store<f32>(y + c, <f32>sum);
  }
}
