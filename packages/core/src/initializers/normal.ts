/** Independent normal draws. */
import type { Initializer } from "../initializer.js";
import { fillNormal } from "../random/normal.js";
import { readOptions } from "./check.js";
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
  const params = readOptions("normal", options, { mean: [0], std: [1, 0] });
  return define("normal", params, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => fillNormal(stream, target, { ...params, from }));
  });
}
