/** Normal numbers restricted to an interval. */
import { IdinitError } from "../errors.js";
import { normalCdf, normalDensity, normalQuantile } from "./normalDistribution.js";
import type { Stream } from "./stream.js";
import { readWords } from "./words.js";

/** Parameters of {@link fillTruncatedNormal}. */
export interface TruncatedNormalOptions {
  readonly mean?: number;
  /** Standard deviation before truncation, > 0. */
  readonly std?: number;
  /** Bounds as values (not in units of `std`); infinite ones are allowed. */
  readonly low: number;
  readonly high: number;
  /** Index of the element that `target[0]` is. Default 0. */
  readonly from?: number;
}

/**
 * Fills `target` with draws from N(mean, std²) conditioned on [low, high], by inversion of one 32-bit word each.
 *
 * @throws {IdinitError} where the interval holds no probability that a number can tell from 0.
 */
export function fillTruncatedNormal<T extends Float32Array | Float64Array>(
  stream: Stream,
  target: T,
  { mean = 0, std = 1, low, high, from = 0 }: TruncatedNormalOptions,
): T {
  // The half with more of the interval in it is turned to the lower tail, where Φ keeps its relative precision.
  const flip = low + high > 2 * mean ? -1 : 1;
  const ends = [(low - mean) / std, (high - mean) / std];
  const [a, b] = flip === 1 ? ends : [-ends[1]!, -ends[0]!];
  const below = normalCdf(a!);
  const mass = normalCdf(b!) - below;
  if (!(mass > 0)) {
    throw new IdinitError(`truncated normal: no probability in [${low}, ${high}] for mean ${mean}, std ${std}`);
  }
  readWords(stream, from, target.length, (words, first, count, at) => {
    for (let i = 0; i < count; i++) {
      const p = below + mass * ((words[first + i]! + 0.5) * 2 ** -32);
      const value = mean + flip * std * normalQuantile(p);
      target[at + i] = value < low ? low : value > high ? high : value;
    }
  });
  return target;
}

/** Standard deviation of N(0, 1) conditioned on [a, b]; 0.8796 for [-2, 2], NaN where the interval holds no probability. */
export function truncatedStd(a: number, b: number): number {
  if (a > 0) return truncatedStd(-b, -a);
  const mass = normalCdf(b) - normalCdf(a);
  const edge = (x: number) => (Number.isFinite(x) ? x * normalDensity(x) : 0);
  const shift = (normalDensity(a) - normalDensity(b)) / mass;
  return Math.sqrt(1 + (edge(a) - edge(b)) / mass - shift * shift);
}
