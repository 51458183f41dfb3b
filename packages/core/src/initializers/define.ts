/** What all factories share: options are checked, parts cut and the array made here, once. */
import { IdinitError } from "../errors.js";
import type { GenerateOptions, Initializer, Json } from "../initializer.js";
import { createStream, type Stream } from "../random/stream.js";
import { type Kernel, show, toCanonical } from "../shape.js";

/** The part of a tensor that an initializer fills at one call: the whole of it, or one of `parts` blocks along `out`. */
export interface Block extends Kernel {
  /** Stored offset of the block's first row. */
  readonly base: number;
  /** Index of the block's first row among all rows: random draws are addressed by place in the whole tensor. */
  readonly firstRow: number;
  /** Whether the stored order within the block is the canonical one: out, in, taps. */
  readonly contiguous: boolean;
}

/** Sets the values of one block in `data`, which holds the whole tensor and is zero there. */
export type Fill = (data: Float32Array, block: Block, stream: Stream) => void;

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
): Initializer {
  return {
    name,
    params,
    generate(shape: readonly number[], options: GenerateOptions = {}): Float32Array {
      const layer = options.key ?? "";
      const fail = (text: string): never => {
        throw new IdinitError(`${name}: ${text}${layer === "" ? "" : ` (layer ${JSON.stringify(layer)})`}`);
      };
      const kernel = toCanonical(shape, options, name, layer);
      if (needs === "kernel" && kernel.layout === "O") {
        fail(`shape needs an out and an in axis, got ${show(shape)} in layout O`);
      }
      const blocks = split(kernel, options.parts ?? 1, fail);
      const stream = createStream(options.seed ?? 0, layer, name);
      const data = allocate(kernel.size, fail);
      for (const block of blocks) fill(data, block, stream);
      return data;
    },
  };
}

function allocate(size: number, fail: (text: string) => never): Float32Array {
  try {
    return new Float32Array(size);
  } catch {
    return fail(`no memory for a tensor of ${size} values`);
  }
}

function split(kernel: Kernel, parts: number, fail: (text: string) => never): Block[] {
  if (!Number.isInteger(parts) || parts < 1) fail(`parts must be an integer >= 1, got ${show(parts)}`);
  if (kernel.out % parts !== 0) fail(`parts must divide out = ${kernel.out}, got ${parts}`);
  if (parts > 1 && kernel.groups > 1) fail(`parts ${parts} can't be joined with groups ${kernel.groups}`);
  const out = kernel.out / parts;
  const { strides, taps } = kernel;
  const contiguous =
    strides.out === kernel.in * taps &&
    strides.in === taps &&
    strides.group === (kernel.out / kernel.groups) * strides.out;
  return Array.from({ length: parts }, (_, part) => ({
    ...kernel,
    out,
    fanOut: out * taps,
    size: kernel.size / parts,
    base: part * out * strides.out,
    firstRow: part * out,
    contiguous: kernel.layout === "O" || contiguous,
  }));
}
