/** Uniform numbers in plain JavaScript; `assembly/uniform.ts` is the same. */
import type { Generator } from "./draw.js";
import { plain } from "./plain.js";
import type { Stream } from "./stream.js";

/** Generates low + step·k with 24-bit integers k. */
export function plainUniform(stream: Stream, low: number, step: number): Generator {
  return plain(stream, (words, values, count) => {
    for (let i = 0; i < count; i++) values[i] = low + step * (words[i]! >>> 8);
  });
}
