/** Packed weights of which one part is to be smaller. */
import { failing } from "../errors.js";
import type { GenerateOptions, Initializer } from "../initializer.js";
import { blockOf } from "../initializers/block.js";
import { toCanonical } from "../shape.js";

/** The same initializer with the last of the packed parts (the value of query-key-value) multiplied by a factor. */
export function lastPartScaled(initializer: Initializer, factor: number): Initializer {
  const { name } = initializer;
  const run = (shape: readonly number[], options: GenerateOptions = {}, given?: Float32Array): Float32Array => {
    const { parts = 1, key } = options;
    const kernel = toCanonical(shape, options, name, key);
    if (kernel.groups !== 1) failing(name, key)("a packed weight can't have groups", kernel.groups);
    if (given) initializer.generateInto(given, shape, options);
    const values = given ?? initializer.generate(shape, options);
    const { base, begin, end, strides } = blockOf(kernel, parts, options.rows ?? [0, kernel.out]);
    for (let m = Math.max(begin, kernel.out - kernel.out / parts); m < end; m++) {
      for (let j = 0; j < kernel.in; j++) {
        for (let t = 0; t < kernel.taps; t++) {
          const at = base + m * strides.out + j * strides.in + t * strides.tap;
          values[at] = values[at]! * factor;
        }
      }
    }
    return values;
  };
  return {
    name,
    params: { ...initializer.params, lastPart: factor },
    generate: (shape, options) => run(shape, options),
    generateInto: (target, shape, options) => void run(shape, options, target),
  };
}
