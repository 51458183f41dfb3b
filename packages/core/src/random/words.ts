/** Reads a stream's words in pieces small enough to stay in the processor's cache. */
import type { Stream } from "./stream.js";
import { threefryBlocks } from "./threefry.js";

const PIECE = 1024;

/**
 * Calls `use(words, first, count, at)` until the words of elements `from` to `from + length` have been seen:
 * `words[first]` to `words[first + count]` belong to elements `from + at` and on.
 */
export function readWords(
  stream: Stream,
  from: number,
  length: number,
  use: (words: Uint32Array, first: number, count: number, at: number) => void,
): void {
  const words = new Uint32Array(Math.min(PIECE, 4 * Math.ceil((length + 3) / 4)));
  for (let at = 0; at < length; ) {
    const block = Math.floor((from + at) / 4);
    const first = from + at - 4 * block;
    const count = Math.min(words.length - first, length - at);
    threefryBlocks(stream.key, [block % 4294967296, Math.floor(block / 4294967296), 0, 0], words);
    use(words, first, count, at);
    at += count;
  }
}
