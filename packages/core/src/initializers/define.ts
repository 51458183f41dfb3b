/** What all factories share: options are checked, parts cut and the array made here, once. */
import { checkObject, type Fail, failing, show } from "../errors.js";
import type { GenerateOptions, Initializer, Json } from "../initializer.js";
import { createStream, type Stream } from "../random/stream.js";
import { checkCount, type Kernel, toCanonical } from "../shape.js";
import { type Block, blocksOf } from "./block.js";

export type { Block } from "./block.js";

/** Sets the values of one block in `data`, which holds the tensor, or the range of rows asked for. */
export type Fill = (data: Float32Array, block: Block, stream: Stream) => void;

/** What a {@link Fill} is like. */
export interface Traits {
  /** It sets only what is not 0, and gets data that is zero. If not, it sets every element. Default false. */
  readonly sparse?: boolean;
  /** What it needs of a kernel beyond what all need; called before anything is written. Default nothing. */
  readonly check?: (kernel: Kernel, fail: Fail) => void;
}

/**
 * Makes an initializer of a function that fills one block.
 *
 * @param needs `"kernel"` refuses layout `"O"`, which has no in axis; `"values"` takes any shape.
 */
export function define(
  name: string,
  params: Readonly<Record<string, Json>>,
  needs: "kernel" | "values",
  fill: Fill,
  { sparse = false, check }: Traits = {},
): Initializer {
  const run = (shape: readonly number[], options: GenerateOptions = {}, given?: Float32Array): Float32Array => {
    checkObject(name, "options", options);
    const { key = "", seed = 0, parts = 1 } = options;
    const fail: Fail = failing(name, key);
    const kernel = toCanonical(shape, options, name, key);
    if (needs === "kernel") checkKernel(kernel, shape, fail);
    checkParts(kernel, parts, fail);
    const rows = checkRows(kernel, options.rows, fail);
    const stream = createStream(seed, key, name);
    const size = (kernel.size / kernel.out) * rows[1];
    if (given !== undefined && !(given instanceof Float32Array)) fail("target must be a Float32Array", given);
    if (given !== undefined && given.length !== size) {
      fail(`target needs ${size} elements for ${show(shape)}, rows ${show(rows)}`, given.length);
    }
    const blocks = blocksOf(kernel, parts, rows);
    check?.(blocks[0]!, fail);
    const data = given ?? allocate(size, fail);
    if (sparse) given?.fill(0);
    for (const block of blocks) fill(data, block, stream);
    return data;
  };
  return {
    name,
    params,
    generate: (shape, options) => run(shape, options),
    generateInto: (target, shape, options) => void run(shape, options, target),
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

type Rows = readonly [start: number, count: number];

function checkRows({ out, groups, transposed }: Kernel, rows: Rows = [0, out], fail: Fail): Rows {
  const valid = Array.isArray(rows) && rows.length === 2 && rows.every(Number.isInteger);
  if (!valid || rows[0] < 0 || rows[1] < 1 || rows[0] + rows[1] > out) {
    fail(`rows must be [start, count] within out = ${out}, count >= 1`, rows);
  }
  if (transposed && groups > 1 && rows[1] < out)
    fail(`rows can't be cut from a transposed kernel with groups ${groups}`);
  return rows;
}

function allocate(size: number, fail: Fail): Float32Array {
  try {
    return new Float32Array(size);
  } catch {
    return fail(`no memory for a tensor of ${size} values`);
  }
}
