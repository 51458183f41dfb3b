/** Packed weights of which one part is to be smaller. */
import { IdinitError } from "../errors.js";
import type { GenerateOptions, Initializer } from "../initializer.js";
import { toCanonical } from "../shape.js";

/** The same initializer with the last of the packed parts (the value of query-key-value) multiplied by a factor. */
export function lastPartScaled(initializer: Initializer, factor: number): Initializer {
  function scale(values: Float32Array, shape: readonly number[], options: GenerateOptions): Float32Array {
    const { parts = 1, key = "" } = options;
    const { out, groups, layout } = toCanonical(shape, options, initializer.name, key);
    if (groups !== 1) {
      throw new IdinitError(
        `${initializer.name}: a packed weight can't have groups, got ${groups} (layer ${JSON.stringify(key)})`,
      );
    }
    const [start, count] = options.rows ?? [0, out];
    const held = shape.map((size, axis) => (layout[axis] === "O" ? count : size));
    const { in: inputs, taps, strides } = toCanonical(held, options, initializer.name, key);
    for (let m = Math.max(out - out / parts - start, 0); m < count; m++) {
      for (let j = 0; j < inputs; j++) {
        for (let t = 0; t < taps; t++) {
          const at = m * strides.out + j * strides.in + t * strides.tap;
          values[at] = values[at]! * factor;
        }
      }
    }
    return values;
  }

  return {
    name: initializer.name,
    params: { ...initializer.params, lastPart: factor },
    generate: (shape, options = {}) => scale(initializer.generate(shape, options), shape, options),
    generateInto(target, shape, options = {}) {
      initializer.generateInto(target, shape, options);
      scale(target, shape, options);
    },
  };
}
