/**
 * Batch norm over the rows of a matrix `[rows, channels]`, channels a multiple of 4, with the batch's own statistics. Rows are
 * taken in blocks that stay in the nearest cache, and what is summed over blocks is summed in float64. Addresses in bytes.
 */
import { floats } from "./floats";

/** Rows whose values take 16 kB. */
function rowsPerBlock(channels: i32): i32 {
  return max(1, 4096 / channels);
}

/**
 * Mean and population variance of each channel, by Chan, Golub and LeVeque's update of blocks (1983), which loses no digits
 * to a large mean.
 *
 * @param work `48 + 16 channels` bytes
 */
export function statistics(mean: usize, variance: usize, x: usize, rows: i32, channels: i32, work: usize): void {
  const row = floats(channels);
  const means = work + 48;
  const squares = means + 2 * row;
  const most = rowsPerBlock(channels);
  memory.fill(means, 0, 4 * row);
  for (let done = 0; done < rows; done += most) {
    const count = min(most, rows - done);
    const end = x + <usize>(done + count) * row;
    for (let c: usize = 0; c < row; c += 16) {
      const start = end - <usize>count * row + c;
      let sum = f32x4.splat(0);
      for (let at = start; at < end; at += row) sum = f32x4.add(sum, v128.load(at));
      const centre = f32x4.mul(sum, f32x4.splat(<f32>1 / <f32>count));
      let rest = f32x4.splat(0);
      let deviation = f32x4.splat(0);
      for (let at = start; at < end; at += row) {
        const difference = f32x4.sub(v128.load(at), centre);
        rest = f32x4.add(rest, difference);
        deviation = f32x4.add(deviation, f32x4.mul(difference, difference));
      }
      v128.store(work, centre);
      v128.store(work, rest, 16);
      v128.store(work, deviation, 32);
      for (let lane: usize = 0; lane < 16; lane += 4) {
        const into = (c + lane) << 1;
        merge(means + into, squares + into, work + lane, done, count);
      }
    }
  }
  for (let c: usize = 0; c < row; c += 4) {
    store<f32>(mean + c, <f32>load<f64>(means + 2 * c));
    store<f32>(variance + c, <f32>(load<f64>(squares + 2 * c) / <f64>rows));
  }
}

/** Adds a block of `count` rows to a channel's mean and sum of squared deviations over `done` rows. */
function merge(mean: usize, squares: usize, block: usize, done: i32, count: i32): void {
  const all = <f64>(done + count);
  // The rest is what rounding took from the block's mean.
  const rest = <f64>load<f32>(block, 16) / <f64>count;
  const difference = <f64>load<f32>(block) + rest - load<f64>(mean);
  const within = <f64>load<f32>(block, 32) - rest * rest * <f64>count;
  store<f64>(mean, load<f64>(mean) + (difference * <f64>count) / all);
  store<f64>(squares, load<f64>(squares) + within + (difference * difference * <f64>count * <f64>done) / all);
}

/** `y = factor * (x - mean) + shift`, per channel. */
export function normalize(
  y: usize,
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  factor: usize,
  shift: usize,
): void {
  const row = floats(channels);
  const most = rowsPerBlock(channels);
  const toY = y - x;
  for (let done = 0; done < rows; done += most) {
    const start = x + <usize>done * row;
    const end = start + <usize>min(most, rows - done) * row;
    for (let c: usize = 0; c < row; c += 16) {
      const centre = v128.load(mean + c);
      const slope = v128.load(factor + c);
      const constant = v128.load(shift + c);
      for (let at = start + c; at < end; at += row) {
        const value = f32x4.sub(v128.load(at), centre);
        v128.store(at + toY, f32x4.add(f32x4.mul(value, slope), constant));
      }
    }
  }
}

/**
 * Per channel: `total = sum dy` and `along = sum dy * (x - mean)`.
 *
 * @param work `16 channels` bytes
 */
export function gradientSums(
  total: usize,
  along: usize,
  dy: usize,
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  work: usize,
): void {
  const row = floats(channels);
  const most = rowsPerBlock(channels);
  const toX = x - dy;
  const products = work + 2 * row;
  memory.fill(work, 0, 4 * row);
  for (let done = 0; done < rows; done += most) {
    const start = dy + <usize>done * row;
    const end = start + <usize>min(most, rows - done) * row;
    for (let c: usize = 0; c < row; c += 16) {
      const centre = v128.load(mean + c);
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      for (let at = start + c; at < end; at += row) {
        const gradient = v128.load(at);
        sum = f32x4.add(sum, gradient);
        product = f32x4.add(product, f32x4.mul(gradient, f32x4.sub(v128.load(at + toX), centre)));
      }
      accumulate(work + 2 * c, sum);
      accumulate(products + 2 * c, product);
    }
  }
  for (let c: usize = 0; c < row; c += 4) {
    store<f32>(total + c, <f32>load<f64>(work + 2 * c));
    store<f32>(along + c, <f32>load<f64>(products + 2 * c));
  }
}

/** Adds four float32 to four float64. */
function accumulate(sums: usize, values: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(values)));
  const upper = i64x2.shuffle(values, values, 1, 0);
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(upper)), 16);
}

/** `dx = factor * dy + slope * (x - mean) + constant`, per channel. */
export function inputGradient(
  dx: usize,
  dy: usize,
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  factor: usize,
  slope: usize,
  constant: usize,
): void {
  const row = floats(channels);
  const most = rowsPerBlock(channels);
  const toX = x - dy;
  const toDx = dx - dy;
  for (let done = 0; done < rows; done += most) {
    const start = dy + <usize>done * row;
    const end = start + <usize>min(most, rows - done) * row;
    for (let c: usize = 0; c < row; c += 16) {
      const centre = v128.load(mean + c);
      const first = v128.load(factor + c);
      const second = v128.load(slope + c);
      const third = v128.load(constant + c);
      for (let at = start + c; at < end; at += row) {
        const gradient = f32x4.mul(v128.load(at), first);
        const value = f32x4.mul(f32x4.sub(v128.load(at + toX), centre), second);
        v128.store(at + toDx, f32x4.add(f32x4.add(gradient, value), third));
      }
    }
  }
}
