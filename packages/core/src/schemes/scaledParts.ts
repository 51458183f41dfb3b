/** Packed weights of which one part is to be smaller. */
import { failing } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { byRun, runOf } from "../initializers/run.js";
import { toCanonical } from "../shape.js";

/** The same initializer with the last of the packed parts (the value of query-key-value) multiplied by a factor. */
export function lastPartScaled(initializer: Initializer, factor: number): Initializer {
  const { name } = initializer;
  const run = runOf(initializer);
  return byRun(name, { ...initializer.params, lastPart: factor }, (shape, options, given) => {
    const { parts = 1, key } = options;
    const kernel = toCanonical(shape, options, name, key);
    if (kernel.groups !== 1) failing(name, key)("a packed weight can't have groups", kernel.groups);
    const values = run(shape, options, given);
    const { out, strides } = kernel;
    const [start, count] = options.rows ?? [0, out];
    values.forEach((value, at) => {
      const row = start + (Math.floor(at / strides.out) % count);
      if (row >= out - out / parts) values[at] = value * factor;
    });
    return values;
  });
}
