/** Update rules of optimizers in one pass, to new values. Of `count` values each; addresses in bytes. */
import { floats } from "./floats";
import { multiplyAdd } from "./tile";

/** `g = gradient + decay * p; v = momentum * velocity + g; p - rate * v`; without a velocity, address 0, `p - rate * g`. */
export function sgd(
  newP: usize,
  newVelocity: usize,
  p: usize,
  velocity: usize,
  gradient: usize,
  count: i32,
  rate: f32,
  momentum: f32,
  decay: f32,
): void {
  const bytes = floats(count);
  const rates = f32x4.splat(-rate);
  const momenta = f32x4.splat(momentum);
  const decays = f32x4.splat(decay);
  for (let at: usize = 0; at < bytes; at += 16) {
    const lanes = lanesAt(at, bytes);
    const value = read(p + at, lanes);
    let slope = multiplyAdd(decays, value, read(gradient + at, lanes));
    if (velocity) {
      slope = multiplyAdd(momenta, read(velocity + at, lanes), slope);
      write(newVelocity + at, slope, lanes);
    }
    write(newP + at, multiplyAdd(rates, slope, value), lanes);
  }
}

/**
 * `g = gradient + decay * p; m = beta1 * first + share1 * g; v = beta2 * second + share2 * g²;
 * kept * p - rate * m / (sqrt(v * correction) + epsilon)`.
 */
export function adam(
  newP: usize,
  newFirst: usize,
  newSecond: usize,
  p: usize,
  first: usize,
  second: usize,
  gradient: usize,
  count: i32,
  beta1: f32,
  share1: f32,
  beta2: f32,
  share2: f32,
  epsilon: f32,
  decay: f32,
  kept: f32,
  rate: f32,
  correction: f32,
): void {
  const bytes = floats(count);
  for (let at: usize = 0; at < bytes; at += 16) {
    const lanes = lanesAt(at, bytes);
    const value = read(p + at, lanes);
    const slope = f32x4.add(read(gradient + at, lanes), f32x4.mul(f32x4.splat(decay), value));
    const m = f32x4.add(f32x4.mul(f32x4.splat(beta1), read(first + at, lanes)), f32x4.mul(f32x4.splat(share1), slope));
    const v = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), read(second + at, lanes)),
      f32x4.mul(f32x4.splat(share2), f32x4.mul(slope, slope)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction))), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), m), root);
    write(newFirst + at, m, lanes);
    write(newSecond + at, v, lanes);
    write(newP + at, f32x4.sub(f32x4.mul(f32x4.splat(kept), value), step), lanes);
  }
}

/** Values of the vector at `at` that there are. */
function lanesAt(at: usize, bytes: usize): i32 {
  return at + 16 <= bytes ? 4 : <i32>(bytes - at) >> 2;
}

/** The first `lanes` values, zeros behind them. */
function read(at: usize, lanes: i32): v128 {
  if (lanes === 4) return v128.load(at);
  let values = v128.load32_zero(at);
  if (lanes > 1) values = v128.load32_lane(at, values, 1, 4);
  if (lanes > 2) values = v128.load32_lane(at, values, 2, 8);
  return values;
}

function write(at: usize, values: v128, lanes: i32): void {
  if (lanes === 4) {
    v128.store(at, values);
    return;
  }
  v128.store32_lane(at, values, 0);
  if (lanes > 1) v128.store32_lane(at, values, 1, 4);
  if (lanes > 2) v128.store32_lane(at, values, 2, 8);
}
