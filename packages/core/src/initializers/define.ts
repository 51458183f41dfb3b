/** What all factories share: options are checked, parts cut and the array made here, once. */
import { IdinitError } from "../errors.js";
import type { GenerateOptions, Initializer, Json } from "../initializer.js";
import { createStream, type Stream } from "../random/stream.js";
import { show, toCanonical } from "../shape.js";
import { allRows, type Block, checkParts, checkRows, cut, piecesOf, split } from "./block.js";

export type { Block } from "./block.js";

/** Sets the values of one block in `data`, which holds the tensor, or the range of rows asked for. */
export type Fill = (data: Float32Array, block: Block, stream: Stream) => void;

/** What a {@link Fill} can do. */
export interface Traits {
  /** It heeds `begin` and `end`; if not, it is never given less than a whole tensor. Default false. */
  readonly rows?: boolean;
  /** It sets every element; if not, the data is zero before. Default false. */
  readonly everywhere?: boolean;
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
  traits: Traits = {},
): Initializer {
  const run = (shape: readonly number[], options: GenerateOptions, given?: Float32Array): Float32Array => {
    const layer = options.key ?? "";
    const fail = (text: string): never => {
      throw new IdinitError(`${name}: ${text}${layer === "" ? "" : ` (layer ${JSON.stringify(layer)})`}`);
    };
    const kernel = toCanonical(shape, options, name, layer);
    if (needs === "kernel" && kernel.layout === "O") {
      fail(`shape needs an out and an in axis, got ${show(shape)} in layout O`);
    }
    const parts = checkParts(kernel, options.parts ?? 1, fail);
    const range = checkRows(kernel, options.rows, fail);
    const stream = createStream(options.seed ?? 0, layer, name);
    const size = (kernel.size / kernel.out) * range.count;
    if (given !== undefined && given.length !== size) {
      fail(
        `target needs ${size} elements for ${show(shape)}${range.all ? "" : `, rows ${show(options.rows)}`}, got ${given.length}`,
      );
    }
    const whole = range.all || traits.rows === true;
    const data = whole && given !== undefined ? given : allocate(whole ? size : kernel.size, fail);
    const clear = data === given && traits.everywhere !== true;
    const pieces = clear && traits.rows === true ? piecesOf(kernel, range) : [whole ? range : allRows(kernel)];
    const row = kernel.size / kernel.out;
    for (const piece of pieces) {
      const part =
        pieces.length === 1 ? data : data.subarray((piece.start - range.start) * row).subarray(0, piece.count * row);
      if (clear) part.fill(0);
      for (const block of split(kernel, parts, piece)) fill(part, block, stream);
    }
    return whole ? data : cut(data, kernel, range, given ?? new Float32Array(size));
  };
  return {
    name,
    params,
    generate: (shape, options = {}) => run(shape, options),
    generateInto: (target, shape, options = {}) => {
      run(shape, options, target);
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
