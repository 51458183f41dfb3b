/** Normal numbers in plain JavaScript; `assembly/normal.ts` is the same. */
import type { Generator } from "./draw.js";
import { type Finish, plain } from "./plain.js";
import { quantileTable } from "./quantileTable.js";
import type { Stream } from "./stream.js";

/** Generates draws from N(mean, std²). */
export function plainNormal(stream: Stream, mean: number, std: number): Generator {
  return plain(stream, normalOfWords(mean, std));
}

/**
 * mean + std·Φ⁻¹ of random words, by inversion: the top bit is the sign, the other 31 with the last one set are p · 2^32,
 * which is never 0. As float32, p has the index of its table entry in its upper bits.
 */
export function normalOfWords(mean: number, std: number): Finish {
  const table = quantileTable();
  const shift = Math.fround(mean);
  // Looked up by sign: a branch would be mispredicted every other time.
  const signed = Float32Array.of(std, -std);
  return (words, values, count) => toNormals(words, values, new Int32Array(values.buffer), count, table, shift, signed);
}

// A function by itself: an engine compiles it once, and not anew for every generator.
function toNormals(
  words: Uint32Array,
  values: Float32Array,
  bits: Int32Array,
  count: number,
  table: Float32Array,
  shift: number,
  signed: Float32Array,
): void {
  for (let i = 0; i < count; i++) values[i] = (words[i]! & 0x7fffffff) | 1;
  for (let i = 0; i < count; i++) {
    const b = bits[i]!;
    const entry = ((b + 0x800000) >>> 11) & 0x1fffe;
    const size = Math.fround(table[entry]! + (b & 0xfff) * table[entry + 1]!);
    values[i] = shift + Math.fround(signed[words[i]! >>> 31]! * size);
  }
}
