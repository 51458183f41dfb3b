/** Fills arrays with draws, in pieces small enough to stay in the processor's cache. */
import { type Fail, failing } from "../errors.js";
import type { Stream } from "./stream.js";
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
    const skip = (from + at) % GROUP;
    const count = Math.min(PIECE - skip, target.length - at);
    const values = generate((from + at - skip) / GROUP, Math.ceil((skip + count) / GROUP));
    target.set(values.subarray(skip, skip + count), at);
    at += count;
  }
  return target;
}

/**
 * Checks what all who fill arrays take.
 *
 * @throws {IdinitError} for what is no stream, no array of floats or no finite number; `from` must be an index, `std` must not be negative.
 */
export function checkDraw(who: string, stream: Stream, target: unknown, numbers: Record<string, number>): void {
  const fail: Fail = failing(who);
  if (stream?.key?.length !== 4) fail("stream must be what createStream made", stream);
  if (!(target instanceof Float32Array || target instanceof Float64Array)) {
    fail("target must be a Float32Array or a Float64Array", target);
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) fail(`${name} must be a finite number`, value);
  }
  const { from, std = 0 } = numbers;
  if (!Number.isSafeInteger(from) || from! < 0) fail("from must be an integer >= 0", from);
  if (std < 0) fail("std must be >= 0", std);
}

/** The counter of a group's first block. */
export function counterOf(group: number): Words {
  const block = group * (GROUP / 4);
  return [block % 4294967296, Math.floor(block / 4294967296), 0, 0];
}
