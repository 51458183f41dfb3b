/** Independent normal draws. */
import type { Initializer } from "../initializer.js";
import { fillNormal } from "../random/normal.js";
import { checkNumber, checkOptions } from "./check.js";
import { define } from "./define.js";
import { fillCanonical } from "./store.js";

/**
 * Every element an independent draw from N(mean, std²); takes any shape.
 *
 * @param options.mean Default 0.
 * @param options.std Standard deviation, >= 0. Default 1, as `torch.nn.init.normal_`.
 * @throws {IdinitError} for a parameter out of range.
 * @example normal({ std: 0.02 }).generate([1000, 64], { seed: 1, key: "embedding" })
 */
export function normal(options: { readonly mean?: number; readonly std?: number } = {}): Initializer {
  checkOptions("normal", options, "mean", "std");
  const mean = checkNumber("normal", "mean", options.mean ?? 0);
  const std = checkNumber("normal", "std", options.std ?? 1, { minimum: 0 });
  return define("normal", { mean, std }, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => fillNormal(stream, target, { mean, std, from }));
  });
}
