/**
 * The error function, GELU in its exact form, `x (1 + erf(x / √2)) / 2`, and its gradient, of at least four values: the last four
 * are computed twice where `count` is no multiple of 4, so the output is no input. Addresses in bytes.
 */

import { errorFunction, exponential } from "./exponential";
import { floats } from "./floats";
import { multiplyAdd } from "./tile";

/** Where the four values from the i-th on begin, in bytes. */
function four(i: i32, count: i32): usize {
  return floats(min(i, count - 4));
}

export function erf(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const value = v128.load(x + four(i, count));
    const gaussian = exponential(f32x4.neg(f32x4.mul(value, value)));
    v128.store(y + four(i, count), errorFunction(value, gaussian));
  }
}

export function gelu(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const value = v128.load(x + four(i, count));
    v128.store(y + four(i, count), f32x4.mul(value, distribution(value, bell(value))));
  }
}

/** `dx = dy (Φ(x) + x φ(x))`, φ the density of the normal distribution. */
export function geluGradient(dx: usize, dy: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = four(i, count);
    const value = v128.load(x + at);
    const gaussian = bell(value);
    const density = f32x4.mul(gaussian, f32x4.splat(0.3989422804014327));
    const slope = multiplyAdd(value, density, distribution(value, gaussian));
    v128.store(dx + at, f32x4.mul(v128.load(dy + at), slope));
  }
}

/** `e^(-x² / 2)`. */
function bell(x: v128): v128 {
  return exponential(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/** `Φ(x) = (1 + erf(x / √2)) / 2`. */
function distribution(x: v128, gaussian: v128): v128 {
  const error = errorFunction(f32x4.mul(x, f32x4.splat(<f32>Math.SQRT1_2)), gaussian);
  return multiplyAdd(error, f32x4.splat(0.5), f32x4.splat(0.5));
}
