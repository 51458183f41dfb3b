/** What the generators in plain JavaScript share. */
import { counterOf, type Generator, GROUP, PIECE } from "./draw.js";
import type { Stream } from "./stream.js";
import { threefryBlocks } from "./threefry.js";

// Room to work in, made once: an array made next to a large one can set off a garbage collection that takes longer than the draws. Nothing is
// kept in it between two calls, and no two calls overlap.
const WORDS: Uint32Array = /* @__PURE__ */ new Uint32Array(PIECE);
export const VALUES: Float32Array = /* @__PURE__ */ new Float32Array(PIECE);

/** Makes values of the first `count` random words. */
export type Finish = (words: Uint32Array, values: Float32Array, count: number) => void;

/** The generator of the values that `finish` makes. */
export function plain({ key }: Stream, finish: Finish): Generator {
  return (group, groups) => {
    const count = GROUP * groups;
    threefryBlocks(key, counterOf(group), WORDS.subarray(0, count));
    finish(WORDS, VALUES, count);
    return VALUES;
  };
}
