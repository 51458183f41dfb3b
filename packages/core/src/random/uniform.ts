/** Uniform numbers from a stream. */
import { checkObject } from "../errors.js";
import { acceleratedUniform } from "./accelerated.js";
import { checkDraw, draw } from "./draw.js";
import { plainUniform } from "./plainUniform.js";
import type { Stream } from "./stream.js";

/**
 * Fills `target` with draws from U[low, high): low + (high − low)·k·2^-24 with a 24-bit integer k, rounded to float32
 * (which can round the largest draws up to `high`).
 *
 * @param options `from` is the index of the element that `target[0]` is: the same index always gives the same draw. Default low 0, high 1, from 0.
 * @throws {IdinitError} for what is no stream, no array of floats or no finite number, and a `from` that is no index.
 */
export function fillUniform<T extends Float32Array | Float64Array>(
  stream: Stream,
  target: T,
  options: { low?: number; high?: number; from?: number } = {},
): T {
  checkObject("fillUniform", "options", options);
  const { low = 0, high = 1, from = 0 } = options;
  checkDraw("fillUniform", stream, target, { low, high, from });
  const step = (high - low) * 2 ** -24;
  const generate = acceleratedUniform(stream, low, step) ?? plainUniform(stream, low, step);
  return draw(target, from, generate);
}
