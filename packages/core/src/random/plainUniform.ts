/** Uniform numbers in plain JavaScript; `assembly/uniform.ts` is the same. */
import { counterOf, type Generator, PIECE } from "./draw.js";
import type { Stream } from "./stream.js";
import { threefryBlocks } from "./threefry.js";

/** Generates low + step·k with 24-bit integers k. */
export function plainUniform(stream: Stream, low: number, step: number): Generator {
  const words = new Uint32Array(PIECE);
  const values = new Float32Array(words.length);
  return (group, groups) => {
    const count = 16 * groups;
    threefryBlocks(stream.key, counterOf(group), words.subarray(0, count));
    for (let i = 0; i < count; i++) values[i] = low + step * (words[i]! >>> 8);
    return values;
  };
}
