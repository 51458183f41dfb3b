/** Fills arrays with draws, in pieces small enough to stay in the processor's cache. */
import type { Words } from "./threefry.js";

/** Number of elements that generators make at once: four blocks of four words. */
const GROUP = 16;

/** Most elements of one call. */
export const PIECE = 2048;

/** Makes the draws of `groups` groups, from element `group` · 16 on. They stand until the next call. */
export type Generator = (group: number, groups: number) => Float32Array;

/** Sets `target` to the draws of elements `from` and on. */
export function draw<T extends Float32Array | Float64Array>(target: T, from: number, generate: Generator): T {
  for (let at = 0; at < target.length; ) {
    const group = Math.floor((from + at) / GROUP);
    const skip = from + at - GROUP * group;
    const count = Math.min(PIECE - skip, target.length - at);
    const values = generate(group, Math.ceil((skip + count) / GROUP));
    target.set(values.subarray(skip, skip + count), at);
    at += count;
  }
  return target;
}

/** The counter of a group's first block. */
export function counterOf(group: number): Words {
  const block = group * (GROUP / 4);
  return [block % 4294967296, Math.floor(block / 4294967296), 0, 0];
}
