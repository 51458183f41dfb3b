/** Normal numbers in plain JavaScript; `assembly/normal.ts` is the same. */
import { counterOf, type Generator, PIECE } from "./draw.js";
import { quantileTable } from "./quantileTable.js";
import type { Stream } from "./stream.js";
import { threefryBlocks } from "./threefry.js";

/** Generates draws from N(mean, std²). */
export function plainNormal(stream: Stream, mean: number, std: number): Generator {
  const words = new Uint32Array(PIECE);
  const values = new Float32Array(words.length);
  const toNormal = normalOfWords(mean, std, words.length);
  return (group, groups) => {
    threefryBlocks(stream.key, counterOf(group), words.subarray(0, 16 * groups));
    toNormal(words, 16 * groups, values);
    return values;
  };
}

/**
 * mean + std·Φ⁻¹ of random words, by inversion: the top bit is the sign, the other 31 with the last one set are p · 2^32,
 * which is never 0. As float32, p has the index of its table entry in its upper bits.
 */
export function normalOfWords(mean: number, std: number, size: number) {
  const table = quantileTable();
  const floats = new Float32Array(size);
  const bits = new Int32Array(floats.buffer);
  const shift = Math.fround(mean);
  // Looked up by sign: a branch would be mispredicted every other time.
  const signed = Float32Array.of(std, -std);
  return (words: Uint32Array, count: number, values: Float32Array) => {
    for (let i = 0; i < count; i++) floats[i] = (words[i]! & 0x7fffffff) | 1;
    for (let i = 0; i < count; i++) {
      const b = bits[i]!;
      const entry = ((b + 0x800000) >>> 11) & 0x1fffe;
      const size = Math.fround(table[entry]! + (b & 0xfff) * table[entry + 1]!);
      values[i] = shift + Math.fround(signed[words[i]! >>> 31]! * size);
    }
  };
}
