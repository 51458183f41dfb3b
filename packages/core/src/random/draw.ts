/** Fills arrays with draws, in pieces small enough to stay in the processor's cache. */
import type { Words } from "./threefry.js";

/** Number of elements that generators make at once: four blocks of four words. */
export const GROUP = 16;

/** Most elements of one call. */
export const PIECE = 2048;

/** Makes the draws of `groups` groups, from element `group` · 16 on. They stand until the next call of any generator. */
export type Generator = (group: number, groups: number) => Float32Array;

/** What takes draws: an array, or something else that can be set piece by piece. */
export interface Target {
  readonly length: number;
  set(values: Float32Array, at: number): void;
}

/** Sets `target` to the draws of elements `from` and on. */
export function draw<T extends Target>(target: T, from: number, generate: Generator): T {
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
