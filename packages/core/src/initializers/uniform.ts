/** Independent uniform draws. */
import { IdinitError } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { fillUniform } from "../random/uniform.js";
import { checkNumber, checkOptions } from "./check.js";
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
  checkOptions("uniform", options, "low", "high");
  const low = checkNumber("uniform", "low", options.low ?? 0);
  const high = checkNumber("uniform", "high", options.high ?? 1);
  if (low > high) throw new IdinitError(`uniform: low must not be above high, got low ${low}, high ${high}`);
  return define("uniform", { low, high }, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => fillUniform(stream, target, { low, high, from }));
  });
}
