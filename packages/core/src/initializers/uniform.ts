/** Independent uniform draws. */
import { failing } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { fillUniform } from "../random/uniform.js";
import { readOptions } from "./check.js";
import { define } from "./define.js";
import { fillCanonical } from "./store.js";

/**
 * Every element an independent draw from U[low, high), on a grid of 2^24 values; takes any shape.
 *
 * @param options.low Default 0.
 * @param options.high At least `low`. Default 1, as `torch.nn.init.uniform_`.
 * @throws {IdinitError} for a bound that is not finite or `low` above `high`.
 * @example uniform({ low: -0.05, high: 0.05 }).generate([64, 32], { seed: 1, key: "fc.weight" })
 */
export function uniform(options: { readonly low?: number; readonly high?: number } = {}): Initializer {
  const params = readOptions("uniform", options, { low: [0], high: [1] });
  const { low, high } = params;
  if (low > high) failing("uniform")(`low must not be above high, got low ${low}, high ${high}`);
  return define("uniform", params, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => fillUniform(stream, target, { ...params, from }));
  });
}
