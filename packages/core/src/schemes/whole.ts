/** Some frameworks draw a packed weight as one matrix. */
import type { Initializer } from "../initializer.js";

/** The same initializer, blind to `parts`: a packed QKV or LSTM kernel is one matrix to it, which changes its fan_out. */
export function whole(initializer: Initializer): Initializer {
  return {
    name: initializer.name,
    params: { ...initializer.params, whole: true },
    generate: (shape, options = {}) => initializer.generate(shape, { ...options, parts: 1 }),
    generateInto: (target, shape, options = {}) => initializer.generateInto(target, shape, { ...options, parts: 1 }),
  };
}
