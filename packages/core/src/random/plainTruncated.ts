/** Truncated normal numbers in plain JavaScript. */
import type { Generator } from "./draw.js";
import { normalQuantile } from "./normalDistribution.js";
import { plain } from "./plain.js";
import { normalOfWords } from "./plainNormal.js";
import type { Stream } from "./stream.js";

/** A normal distribution, the bounds, and where they cut it. */
export interface Truncation {
  readonly mean: number;
  readonly std: number;
  readonly low: number;
  readonly high: number;
  /** Whether `below` and `mass` are those of the mirror image. */
  readonly mirrored: boolean;
  /** Φ at the lower bound. */
  readonly below: number;
  /** Probability between the bounds. */
  readonly mass: number;
}

/**
 * The interval's middle and length on the scale of signed words, where −2^31 is p = 0 and 2^31 is p = 1: word w goes to
 * floor(centre + scale · w).
 */
export function squeeze({ mirrored, below, mass }: Truncation): { centre: number; scale: number } {
  const middle = (below + mass / 2 - 0.5) * 4294967296;
  return { centre: (mirrored ? -middle : middle) + mass / 2, scale: mass };
}

/** Generates by {@link squeeze} and the table of the normal; `assembly/truncated.ts` is the same. For large masses. */
export function plainTruncated(stream: Stream, truncation: Truncation): Generator {
  const { mean, std, low, high } = truncation;
  const { centre, scale } = squeeze(truncation);
  const toNormal = normalOfWords(mean, std);
  return plain(stream, (words, values, count) => {
    for (let i = 0; i < count; i++) {
      const place = Math.floor(centre + scale * (words[i]! | 0)) | 0;
      // Counted from the centre; normalOfWords counts from the tail, with the sign on top.
      words[i] = place < 0 ? place : place ^ 0x7fffffff;
    }
    toNormal(words, values, count);
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      values[i] = value < low ? low : Math.min(value, high);
    }
  });
}

/** Generates with the full precision of the quantile in the lower tail: for small masses. */
export function preciseTruncated(stream: Stream, truncation: Truncation): Generator {
  const { mean, std, low, high, mirrored, below, mass } = truncation;
  return plain(stream, (words, values, count) => {
    for (let i = 0; i < count; i++) {
      const z = normalQuantile(below + mass * ((words[i]! + 0.5) * 2 ** -32));
      const value = mean + (mirrored ? -std : std) * z;
      values[i] = Math.min(Math.max(value, low), high);
    }
  });
}
