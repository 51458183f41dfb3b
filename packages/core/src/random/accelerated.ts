/** The random families in WebAssembly. Each is `undefined` where that can't be had. */
import { instantiate, type Kernels } from "../wasm/module.js";
import { counterOf, type Generator, PIECE } from "./draw.js";
import { squeeze, type Truncation } from "./plainTruncated.js";
import { quantileTable } from "./quantileTable.js";
import type { Stream } from "./stream.js";

/** Where the kernels' memory holds the draws; `assembly/memory.ts` has the same number. The table lies at 0. */
const VALUES = 0x80000;

interface Instance {
  readonly kernels: Kernels;
  readonly values: Float32Array;
}

/** One instance for all: nothing is kept in it between two calls but the table, and no two calls overlap. */
let shared: Instance | undefined;

function instance(): Instance | undefined {
  const kernels = shared ? undefined : instantiate();
  if (kernels) {
    new Float32Array(kernels.memory.buffer).set(quantileTable());
    shared = { kernels, values: new Float32Array(kernels.memory.buffer, VALUES, PIECE) };
  }
  return shared;
}

function generator({ key }: Stream, finish: (kernels: Kernels, groups: number) => void): Generator | undefined {
  const made = instance();
  return (
    made &&
    ((group, groups) => {
      const [low, next] = counterOf(group);
      made.kernels.words(key[0], key[1], key[2], key[3], low, next, groups);
      finish(made.kernels, groups);
      return made.values;
    })
  );
}

/** As `plainUniform`. */
export function acceleratedUniform(stream: Stream, low: number, step: number): Generator | undefined {
  return generator(stream, (kernels, groups) => kernels.uniform(groups, low, step));
}

/** As `plainNormal`. */
export function acceleratedNormal(stream: Stream, mean: number, std: number): Generator | undefined {
  return generator(stream, (kernels, groups) => kernels.normal(groups, mean, std));
}

/** As `plainTruncated`. */
export function acceleratedTruncated(stream: Stream, truncation: Truncation): Generator | undefined {
  const { centre, scale } = squeeze(truncation);
  const { mean, std, low, high } = truncation;
  return generator(stream, (kernels, groups) => kernels.truncated(groups, centre, scale, mean, std, low, high));
}
