/** Independent draws from a truncated normal distribution. */
import { type Fail, failing } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { fillTruncatedNormal, truncatedStd } from "../random/truncatedNormal.js";
import { readOptions } from "./check.js";
import { define } from "./define.js";
import { fillCanonical } from "./store.js";

/** Parameters of {@link truncatedNormal}. */
export interface TruncatedNormalInitializerOptions {
  /** Mean before truncation. Default 0. */
  readonly mean?: number;
  /** Standard deviation, > 0: before truncation, or of the result with `corrected`. Default 1. */
  readonly std?: number;
  /** Lower bound. Default -2. */
  readonly low?: number;
  /** Upper bound, above `low`. Default 2. */
  readonly high?: number;
  /**
   * Unit of the bounds: `"absolute"` (default), values as in `torch.nn.init.trunc_normal_`; `"std"`, multiples of `std`
   * around the mean as in Keras and JAX.
   */
  readonly bounds?: "absolute" | "std";
  /**
   * Widens the normal before truncation so that the result has standard deviation `std`, as Keras and JAX do in variance
   * scaling (there: a division by 0.8796). Needs `bounds: "std"`, whose unit is then the widened deviation. Default false.
   */
  readonly corrected?: boolean;
}

/**
 * Every element an independent draw from N(mean, std²) conditioned on the bounds; takes any shape.
 *
 * @throws {IdinitError} for a parameter out of range, bounds in the wrong order or without probability between them.
 * @example truncatedNormal({ std: 0.02 })                                 // PyTorch: bounds are the values -2 and 2
 * @example truncatedNormal({ std: 0.02, bounds: "std", corrected: true }) // Keras, JAX: within 2 deviations
 */
export function truncatedNormal(options: TruncatedNormalInitializerOptions = {}): Initializer {
  const who = "truncatedNormal";
  const fail: Fail = failing(who);
  const params = readOptions(who, options, {
    mean: [0],
    std: [1, 0, true],
    low: [-2],
    high: [2],
    bounds: ["absolute", "std"],
    corrected: [false, true],
  });
  const { mean, std, low, high, bounds, corrected } = params;
  if (low >= high) fail(`low must be below high, got low ${low}, high ${high}`);
  if (corrected && bounds === "absolute") fail('corrected needs bounds "std"', bounds);
  const wide = corrected ? std / truncatedStd(low, high) : std;
  if (!Number.isFinite(wide)) fail(`no probability in [${low}, ${high}] standard deviations, so no std to correct to`);
  const range = bounds === "std" ? { low: mean + low * wide, high: mean + high * wide } : { low, high };
  return define(who, params, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => {
      fillTruncatedNormal(stream, target, { mean, std: wide, ...range, from });
    });
  });
}
