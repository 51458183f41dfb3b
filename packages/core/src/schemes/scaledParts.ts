/** Packed weights of which one part is to be smaller. */
import { type Fail, failing } from "../errors.js";
import type { GenerateOptions, Initializer } from "../initializer.js";
import { type Block, blocksOf } from "../initializers/block.js";
import { toCanonical } from "../shape.js";

/** The same initializer with the last of the packed parts (the value of query-key-value) multiplied by a factor. */
export function lastPartScaled(initializer: Initializer, factor: number): Initializer {
  const { name } = initializer;
  function scaled(shape: readonly number[], options: GenerateOptions, make: () => Float32Array): Float32Array {
    const { parts = 1, key } = options;
    const fail: Fail = failing(name, key);
    const kernel = toCanonical(shape, options, name, key);
    if (kernel.groups !== 1) fail(`a packed weight can't have groups, got ${kernel.groups}`);
    const values = make();
    for (const block of blocksOf(kernel, parts, options.rows ?? [0, kernel.out])) {
      if (block.firstRow + block.out === kernel.out) scale(values, block, factor);
    }
    return values;
  }

  return {
    name,
    params: { ...initializer.params, lastPart: factor },
    generate: (shape, options = {}) => scaled(shape, options, () => initializer.generate(shape, options)),
    generateInto(target, shape, options = {}) {
      scaled(shape, options, () => {
        initializer.generateInto(target, shape, options);
        return target;
      });
    },
  };
}

function scale(values: Float32Array, block: Block, factor: number): void {
  const { base, begin, end, in: inputs, taps, strides } = block;
  for (let m = begin; m < end; m++) {
    for (let j = 0; j < inputs; j++) {
      for (let t = 0; t < taps; t++) {
        const at = base + m * strides.out + j * strides.in + t * strides.tap;
        values[at] = values[at]! * factor;
      }
    }
  }
}
