/** Normal numbers restricted to an interval. */
import { checkObject, failing, IdinitError } from "../errors.js";
import { acceleratedTruncated } from "./accelerated.js";
import { checkDraw, draw } from "./draw.js";
import { normalCdf, normalDensity } from "./normalDistribution.js";
import { plainTruncated, preciseTruncated, type Truncation } from "./plainTruncated.js";
import type { Stream } from "./stream.js";

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

/** From this probability on, 32 bits tell enough values of the interval apart. */
const LARGE = 2 ** -8;

/**
 * Fills `target` with draws from N(mean, std²) conditioned on [low, high], by inversion of one 32-bit word each. Draws are
 * float32 numbers, whatever the target's type. Intervals that hold less than 1/256 of the probability take microseconds a draw.
 *
 * @throws {IdinitError} for arguments of another kind, and where the interval holds no probability that a number can tell from 0.
 */
export function fillTruncatedNormal<T extends Float32Array | Float64Array>(
  stream: Stream,
  target: T,
  options: TruncatedNormalOptions,
): T {
  checkObject("fillTruncatedNormal", "options", options);
  const { mean = 0, std = 1, low, high, from = 0 } = options;
  checkDraw("fillTruncatedNormal", stream, target, { mean, std, from });
  if (typeof low !== "number" || typeof high !== "number") {
    failing("fillTruncatedNormal")("low and high must be numbers", [low, high]);
  }
  const truncation = truncate(options);
  const generate =
    truncation.mass < LARGE
      ? preciseTruncated(stream, truncation)
      : (acceleratedTruncated(stream, truncation) ?? plainTruncated(stream, truncation));
  return draw(target, from, generate);
}

/** Finds the interval in the distribution. */
export function truncate({ mean = 0, std = 1, low, high }: TruncatedNormalOptions): Truncation {
  // The half with more of the interval in it is turned to the lower tail, where Φ keeps its relative precision.
  const mirrored = low + high > 2 * mean;
  const ends: [number, number] = [(low - mean) / std, (high - mean) / std];
  const [a, b] = mirrored ? [-ends[1], -ends[0]] : ends;
  const below = normalCdf(a);
  const mass = normalCdf(b) - below;
  if (!(mass > 0)) {
    throw new IdinitError(`truncated normal: no probability in [${low}, ${high}] for mean ${mean}, std ${std}`);
  }
  return { mean, std, low, high, mirrored, below, mass };
}

/** Standard deviation of N(0, 1) conditioned on [a, b]; 0.8796 for [-2, 2], NaN where the interval holds no probability. */
export function truncatedStd(a: number, b: number): number {
  if (a > 0) return truncatedStd(-b, -a);
  const mass = normalCdf(b) - normalCdf(a);
  const edge = (x: number) => (Number.isFinite(x) ? x * normalDensity(x) : 0);
  const shift = (normalDensity(a) - normalDensity(b)) / mass;
  return Math.sqrt(1 + (edge(a) - edge(b)) / mass - shift * shift);
}
