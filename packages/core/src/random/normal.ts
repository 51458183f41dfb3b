/** Normal numbers from a stream. */
import { checkObject } from "../errors.js";
import { acceleratedNormal } from "./accelerated.js";
import { checkDraw, draw } from "./draw.js";
import { plainNormal } from "./plainNormal.js";
import type { Stream } from "./stream.js";

/**
 * Fills `target` with draws from N(mean, std²), by inversion of one 32-bit word each: symmetric about the mean, with
 * tails to 6.2 standard deviations. Draws are float32 numbers, whatever the target's type.
 *
 * @param options `std`, the standard deviation, >= 0; `from`, the index of the element that `target[0]` is: the same index always gives the
 * same draw. Default mean 0, std 1, from 0.
 * @throws {IdinitError} for what is no stream, no array of floats or no finite number, a `from` that is no index and a negative `std`.
 */
export function fillNormal<T extends Float32Array | Float64Array>(
  stream: Stream,
  target: T,
  options: { mean?: number; std?: number; from?: number } = {},
): T {
  checkObject("fillNormal", "options", options);
  const { mean = 0, std = 1, from = 0 } = options;
  checkDraw("fillNormal", stream, target, { mean, std, from });
  const generate = acceleratedNormal(stream, mean, std) ?? plainNormal(stream, mean, std);
  return draw(target, from, generate);
}
