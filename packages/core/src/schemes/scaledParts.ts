/** Packed weights of which one part is to be smaller. */
import { IdinitError } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { toCanonical } from "../shape.js";

/** The same initializer with the last of the packed parts (the value of query-key-value) multiplied by a factor. */
export function lastPartScaled(initializer: Initializer, factor: number): Initializer {
  return {
    name: initializer.name,
    params: { ...initializer.params, lastPart: factor },
    generate(shape, options = {}) {
      const { parts = 1, key = "" } = options;
      const { out, in: inputs, taps, groups, strides } = toCanonical(shape, options, initializer.name, key);
      if (groups !== 1) {
        throw new IdinitError(
          `${initializer.name}: a packed weight can't have groups, got ${groups} (layer ${JSON.stringify(key)})`,
        );
      }
      const values = initializer.generate(shape, options);
      for (let m = out - out / parts; m < out; m++) {
        for (let j = 0; j < inputs; j++) {
          for (let t = 0; t < taps; t++) {
            const at = m * strides.out + j * strides.in + t * strides.tap;
            values[at] = values[at]! * factor;
          }
        }
      }
      return values;
    },
  };
}
