/** What all factories share: options are checked and the array made here, once. */
import { type Fail, failing, show } from "../errors.js";
import type { Initializer, Json } from "../initializer.js";
import { createStream, type Stream } from "../random/stream.js";
import { checkCount, isCount, type Kernel, toCanonical } from "../shape.js";
import { type Block, blockOf, partsOf } from "./block.js";
import { byRun } from "./run.js";

export type { Block } from "./block.js";

/** Sets the values of the rows asked for in `data`, which holds these alone. */
export type Fill = (data: Float32Array, block: Block, stream: Stream) => void;

/** What a {@link Fill} is like. */
export interface Traits {
  /** It sets only what is not 0, and gets data that is zero. If not, it sets every element. Default false. */
  readonly sparse?: boolean;
  /** What it needs of a tensor beyond what all need; called before anything is written. Default nothing. */
  readonly check?: (block: Block, fail: Fail) => void;
}

/**
 * Makes an initializer of a function that fills a tensor, or some rows of it.
 *
 * @param needs `"kernel"` refuses layout `"O"`, which has no in axis; `"values"` takes any shape.
 */
export function define(
  name: string,
  params: Readonly<Record<string, Json>>,
  needs: "kernel" | "values",
  fill: Fill,
  { sparse, check }: Traits = {},
): Initializer {
  return byRun(name, params, (shape, options, given) => {
    const kernel = toCanonical(shape, options, name, options?.key);
    const { key = "", seed = 0, parts = 1, rows = [0, kernel.out] } = options;
    const fail: Fail = failing(name, key);
    if (needs === "kernel") checkKernel(kernel, shape, fail);
    checkParts(kernel, parts, fail);
    checkRows(kernel, rows, fail);
    const stream = createStream(seed, key, name);
    const size = (kernel.size / kernel.out) * rows[1];
    if (given && !(given instanceof Float32Array)) fail("target must be a Float32Array", given);
    if (given && given.length !== size) {
      fail(`target needs ${size} elements for ${show(shape)}, rows ${show(rows)}`, given.length);
    }
    const block = blockOf(kernel, parts, rows);
    check?.(block, fail);
    const data = given ?? allocate(size, fail);
    if (sparse) given?.fill(0);
    fill(data, block, stream);
    return data;
  });
}

/** Sets each part by itself, as a block without parts. */
export function inParts(fill: Fill): Fill {
  return (data, block, stream) => {
    for (const part of partsOf(block)) fill(data, part, stream);
  };
}

/** Refuses layout `"O"`. */
export function checkKernel({ layout }: Kernel, shape: readonly number[], fail: Fail): void {
  if (layout === "O") fail(`shape needs an out and an in axis, got ${show(shape)} in layout O`);
}

export function checkParts({ out, groups }: Kernel, parts: number, fail: Fail): void {
  checkCount(fail, "parts", parts);
  if (out % parts !== 0) fail(`parts must divide out = ${out}`, parts);
  if (parts > 1 && groups > 1) fail(`parts ${parts} can't be joined with groups ${groups}`);
}

function checkRows({ out, groups, transposed }: Kernel, rows: readonly number[], fail: Fail): void {
  const [start, count, ...rest] = Array.isArray(rows) ? rows : [];
  if (!isCount(start + 1) || !isCount(count) || start + count > out || rest.length > 0) {
    fail(`rows must be [start, count] within out = ${out}, count >= 1`, rows);
  }
  if (transposed && groups > 1 && count < out) fail(`rows can't be cut from a transposed kernel with groups ${groups}`);
}

function allocate(size: number, fail: Fail): Float32Array {
  try {
    return new Float32Array(size);
  } catch {
    return fail(`no memory for a tensor of ${size} values`);
  }
}
