/** Normal numbers from a stream. */
import { normalQuantile } from "./normalDistribution.js";
import type { Stream } from "./stream.js";
import { readWords } from "./words.js";

const OCTAVES = 32;
const PIECES = 16;
const COEFFICIENTS = 5;

/**
 * The lower half of Φ⁻¹ as polynomials: for p in [2^-(k+2), 2^-(k+1)), k in [0, 32), one of degree 4 for each sixteenth of
 * the octave. No logarithm is needed in the tail; the absolute error is below 1e-9 down to p = 2^-33 (6.3 sigma).
 */
const TABLE = /* @__PURE__ */ makeTable();

/**
 * Fills `target` with draws from N(mean, std²), by inversion of one 32-bit word each: symmetric about the mean, with
 * tails to 6.3 standard deviations.
 *
 * @param std Standard deviation, >= 0.
 * @param from Index of the element that `target[0]` is; the same index always gives the same draw. Default 0.
 */
export function fillNormal<T extends Float32Array | Float64Array>(
  stream: Stream,
  target: T,
  { mean = 0, std = 1, from = 0 }: { mean?: number; std?: number; from?: number } = {},
): T {
  readWords(stream, from, target.length, (words, first, count, at) => {
    for (let i = 0; i < count; i++) target[at + i] = mean + std * normalOfWord(words[first + i]!);
  });
  return target;
}

/**
 * Φ⁻¹ of a random word: the top bit is the sign, the other 31 and a final 1 are p·2^33, which is never 0 and never one
 * half.
 */
export function normalOfWord(word: number): number {
  const scaled = (word << 1) | 1;
  const octave = Math.clz32(scaled);
  const mantissa = scaled << octave;
  const t = mantissa & 0x7ffffff;
  const c = (octave * PIECES + ((mantissa >>> 27) & (PIECES - 1))) * COEFFICIENTS;
  const z = TABLE[c]! + t * (TABLE[c + 1]! + t * (TABLE[c + 2]! + t * (TABLE[c + 3]! + t * TABLE[c + 4]!)));
  return word < 0x80000000 ? z : -z;
}

/** Interpolates Φ⁻¹ at the Chebyshev nodes of each piece; the polynomial's variable is an integer in [0, 2^27). */
function makeTable(): Float64Array {
  const table = new Float64Array(OCTAVES * PIECES * COEFFICIENTS);
  // (1 − cos((2i + 1) π / 10)) / 2
  const nodes = [0.024471741852423234, 0.20610737385376343, 0.5, 0.7938926261462366, 0.9755282581475768];
  for (let octave = 0; octave < OCTAVES; octave++) {
    for (let piece = 0; piece < PIECES; piece++) {
      const values = nodes.map((t) => normalQuantile((1 + (piece + t) / PIECES) / 2 ** (octave + 2)));
      const polynomial = interpolate(nodes, values);
      const start = (octave * PIECES + piece) * COEFFICIENTS;
      for (let k = 0; k < COEFFICIENTS; k++) table[start + k] = polynomial[k]! / 2 ** (27 * k);
    }
  }
  return table;
}

/** Coefficients, constant first, of the polynomial through the points (Newton's divided differences). */
function interpolate(nodes: readonly number[], values: readonly number[]): number[] {
  const differences = [...values];
  for (let level = 1; level < nodes.length; level++) {
    for (let i = nodes.length - 1; i >= level; i--) {
      differences[i] = (differences[i]! - differences[i - 1]!) / (nodes[i]! - nodes[i - level]!);
    }
  }
  let polynomial = [0];
  for (let i = nodes.length - 1; i >= 0; i--) {
    // polynomial · (t − node) + difference
    const shifted = [0, ...polynomial];
    polynomial = shifted.map((value, k) => value - nodes[i]! * (polynomial[k] ?? 0));
    polynomial[0] = polynomial[0]! + differences[i]!;
  }
  return polynomial.slice(0, COEFFICIENTS);
}
