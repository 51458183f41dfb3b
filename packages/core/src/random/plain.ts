/** What the generators in plain JavaScript share. */
import { counterOf, type Generator, GROUP, PIECE } from "./draw.js";
import type { Stream } from "./stream.js";
import { threefryBlocks } from "./threefry.js";

// Room to work in, made once: an array made next to a large one can set off a garbage collection that takes longer than the draws. Nothing is
// kept in it between two calls, and no two calls overlap.
export const WORDS: Uint32Array = /* @__PURE__ */ new Uint32Array(PIECE);
export const VALUES: Float32Array = /* @__PURE__ */ new Float32Array(PIECE);

/** The generator whose values `finish` makes of random words: the first `count` of {@link VALUES} from those of {@link WORDS}. */
export function plain({ key }: Stream, finish: (count: number) => void): Generator {
  return (group, groups) => {
    const count = GROUP * groups;
    threefryBlocks(key, counterOf(group), WORDS.subarray(0, count));
    finish(count);
    return VALUES;
  };
}
