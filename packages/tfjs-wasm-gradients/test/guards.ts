/** Memory in which every tensor has guards around it. */
import { expect } from "vitest";
import type { NativeKernels } from "../src/native/exports.js";

export type Regions = Readonly<Record<string, number | undefined>>;

export interface Kernel {
  /** Numbers of values by name. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Have values before, and may be written. */
  readonly updated?: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
  readonly work?: number;
  run(native: NativeKernels, addresses: Regions): void;
}

/** Values on both sides of each region: more than any kernel's tile has. */
const GUARD = 64;
/** A NaN that no computation makes. */
const CANARY = 0x7fabcdef;

export interface Placed {
  readonly addresses: Regions;
  /** Where each region begins and ends, in values, and whether it may be written. */
  readonly regions: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly written: boolean;
    readonly filled: boolean;
  }[];
  readonly values: Float32Array;
  readonly before: Int32Array;
}

/** Lays the kernel's tensors out in `memory`, inputs with values above 0, everything else with canaries. */
export function place(
  memory: { readonly buffer: ArrayBufferLike },
  { inputs, updated = {}, outputs, work = 0 }: Kernel,
): Placed {
  const values = new Float32Array(memory.buffer);
  const bits = new Int32Array(memory.buffer);
  const sizes = [
    ...Object.entries(inputs).map(([name, size]) => ({ name, size, written: false, filled: true })),
    ...Object.entries(updated).map(([name, size]) => ({ name, size, written: true, filled: true })),
    ...Object.entries(outputs).map(([name, size]) => ({ name, size, written: true, filled: false })),
    { name: "work", size: work, written: true, filled: false },
  ];
  const total = sizes.reduce((sum, { size }) => sum + size + 2 * GUARD, 0);
  expect(total).toBeLessThan(values.length);
  bits.fill(CANARY, 0, total);
  let at = GUARD;
  const regions = sizes.map(({ name, size, written, filled }) => {
    const region = { name, from: at, to: at + size, written, filled };
    if (filled) for (let i = 0; i < size; i++) values[at + i] = 1.5 + Math.sin(at + i);
    at += size + GUARD;
    return region;
  });
  const addresses = Object.fromEntries(regions.map(({ name, from }) => [name, 4 * from]));
  return { addresses, regions, values, before: bits.slice(0, total) };
}

/** Nothing outside of outputs and work space has changed, and every value of an output has been written and is a number. */
export function expectUntouched({ regions, values, before }: Placed): void {
  const bits = new Int32Array(values.buffer);
  const allowed = regions.filter(({ written }) => written);
  const changed: number[] = [];
  for (let at = 0; at < before.length; at++) {
    if (bits[at] !== before[at] && !allowed.some(({ from, to }) => at >= from && at < to)) changed.push(at);
  }
  expect(changed).toEqual([]);
  for (const { name, from, to } of allowed) {
    if (name !== "work") expect(values.subarray(from, to).findIndex((value) => !Number.isFinite(value))).toBe(-1);
  }
}
