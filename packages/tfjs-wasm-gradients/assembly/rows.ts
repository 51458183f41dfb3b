/** What runs along the rows of a matrix `[rows, columns]`, columns a multiple of 4. Addresses in bytes. */

import { exponential } from "./exponential";
import { floats } from "./floats";
import { multiplyAdd } from "./tile";

/**
 * `y = softmax(factor * x + summand)` of each row; `summand`, of one row, may be 0 for none. y may be x.
 */
export function softmax(y: usize, x: usize, rows: i32, columns: i32, factor: f32, summand: usize): void {
  const row = floats(columns);
  const scale = f32x4.splat(factor);
  for (const end = y + <usize>rows * row; y < end; y += row, x += row) {
    let most = f32x4.splat(-Infinity);
    for (let c: usize = 0; c < row; c += 16) {
      let value = f32x4.mul(v128.load(x + c), scale);
      if (summand) value = f32x4.add(value, v128.load(summand + c));
      most = f32x4.max(most, value);
      v128.store(y + c, value);
    }
    const largest = f32x4.splat(
      max(
        max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
        max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
      ),
    );
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) {
      const value = exponential(f32x4.sub(v128.load(y + c), largest));
      sum = f32x4.add(sum, value);
      v128.store(y + c, value);
    }
    const share = f32x4.splat(<f32>1 / total(sum));
    for (let c: usize = 0; c < row; c += 16) v128.store(y + c, f32x4.mul(v128.load(y + c), share));
  }
}

/** `dx = factor * y * (dy - sum of dy * y)` of each row; dx may be dy. */
export function softmaxGradient(dx: usize, dy: usize, y: usize, rows: i32, columns: i32, factor: f32): void {
  const row = floats(columns);
  const scale = f32x4.splat(factor);
  for (const end = y + <usize>rows * row; y < end; y += row, dy += row, dx += row) {
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) sum = multiplyAdd(v128.load(dy + c), v128.load(y + c), sum);
    const along = f32x4.splat(total(sum));
    for (let c: usize = 0; c < row; c += 16) {
      const value = f32x4.mul(v128.load(y + c), scale);
      v128.store(dx + c, f32x4.mul(value, f32x4.sub(v128.load(dy + c), along)));
    }
  }
}

/** `y = scale * d + shift` with `d = (x - mean) / sqrt(variance + epsilon)` of each row; keeps d's two numbers a row. */
export function layerNorm(
  y: usize,
  x: usize,
  rows: i32,
  columns: i32,
  scale: usize,
  shift: usize,
  epsilon: f32,
  mean: usize,
  inverse: usize,
): void {
  const row = floats(columns);
  const share = <f32>1 / <f32>columns;
  for (const end = y + <usize>rows * row; y < end; y += row, x += row, mean += 4, inverse += 4) {
    let sum = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) sum = f32x4.add(sum, v128.load(x + c));
    const middle = total(sum) * share;
    const centre = f32x4.splat(middle);
    let square = f32x4.splat(0);
    for (let c: usize = 0; c < row; c += 16) {
      const difference = f32x4.sub(v128.load(x + c), centre);
      square = multiplyAdd(difference, difference, square);
    }
    const factor = <f32>1 / sqrt<f32>(total(square) * share + epsilon);
    store<f32>(mean, middle);
    store<f32>(inverse, factor);
    const slope = f32x4.splat(factor);
    for (let c: usize = 0; c < row; c += 16) {
      const value = f32x4.mul(f32x4.sub(v128.load(x + c), centre), slope);
      v128.store(y + c, multiplyAdd(value, v128.load(scale + c), v128.load(shift + c)));
    }
  }
}

/**
 * With `g = scale * dy`: `dx = inverse * (g - mean(g) - d * mean(g * d))` of each row; `along = sum over rows of dy * d`. The sums
 * over rows are made of those of 64 rows, so that rounding errors stay small.
 *
 * @param work `4 columns` bytes
 */
export function layerNormGradient(
  dx: usize,
  along: usize,
  dy: usize,
  x: usize,
  rows: i32,
  columns: i32,
  scale: usize,
  mean: usize,
  inverse: usize,
  work: usize,
): void {
  const row = floats(columns);
  const share = <f32>1 / <f32>columns;
  memory.fill(along, 0, row);
  for (let done = 0; done < rows; done += 64) {
    memory.fill(work, 0, row);
    for (let i = done; i < min(rows, done + 64); i++, dx += row, dy += row, x += row) {
      const centre = v128.load32_splat(mean + floats(i));
      const slope = v128.load32_splat(inverse + floats(i));
      let first = f32x4.splat(0);
      let second = first;
      for (let c: usize = 0; c < row; c += 16) {
        const gradient = v128.load(dy + c);
        const value = f32x4.mul(f32x4.sub(v128.load(x + c), centre), slope);
        const scaled = f32x4.mul(gradient, v128.load(scale + c));
        first = f32x4.add(first, scaled);
        second = multiplyAdd(scaled, value, second);
        v128.store(work + c, multiplyAdd(gradient, value, v128.load(work + c)));
      }
      const constant = f32x4.splat(total(first) * share);
      const part = f32x4.splat(total(second) * share);
      for (let c: usize = 0; c < row; c += 16) {
        const value = f32x4.mul(f32x4.sub(v128.load(x + c), centre), slope);
        const scaled = f32x4.mul(v128.load(dy + c), v128.load(scale + c));
        const rest = f32x4.sub(f32x4.sub(scaled, constant), f32x4.mul(value, part));
        v128.store(dx + c, f32x4.mul(rest, slope));
      }
    }
    for (let c: usize = 0; c < row; c += 16) {
      v128.store(along + c, f32x4.add(v128.load(along + c), v128.load(work + c)));
    }
  }
}

/** The sum of four values. */
function total(x: v128): f32 {
  const pairs = f32x4.add(x, i64x2.shuffle(x, x, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
