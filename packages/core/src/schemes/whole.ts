/** Some frameworks draw a packed weight as one matrix. */
import type { Initializer } from "../initializer.js";
import { byRun, runOf } from "../initializers/run.js";

/** The same initializer, blind to `parts`: a packed QKV or LSTM kernel is one matrix to it, which changes its fan_out. */
export function whole(initializer: Initializer): Initializer {
  const run = runOf(initializer);
  const params = { ...initializer.params, whole: true };
  return byRun(initializer.name, params, (shape, options, given) => run(shape, { ...options, parts: 1 }, given));
}
