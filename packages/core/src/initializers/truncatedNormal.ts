/** Independent draws from a truncated normal distribution. */
import { IdinitError } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { fillTruncatedNormal, truncatedStd } from "../random/truncatedNormal.js";
import { checkNumber, checkOneOf, checkOptions } from "./check.js";
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
  checkOptions(who, options, "mean", "std", "low", "high", "bounds", "corrected");
  const mean = checkNumber(who, "mean", options.mean ?? 0);
  const std = checkNumber(who, "std", options.std ?? 1, { minimum: 0, open: true });
  const low = checkNumber(who, "low", options.low ?? -2);
  const high = checkNumber(who, "high", options.high ?? 2);
  const bounds = checkOneOf(who, "bounds", options.bounds ?? "absolute", ["absolute", "std"]);
  const corrected = checkOneOf(who, "corrected", options.corrected ?? false, [true, false]);
  if (low >= high) throw new IdinitError(`${who}: low must be below high, got low ${low}, high ${high}`);
  if (corrected && bounds === "absolute") throw new IdinitError(`${who}: corrected needs bounds "std", got "absolute"`);
  const wide = corrected ? std / truncatedStd(low, high) : std;
  if (!Number.isFinite(wide)) {
    throw new IdinitError(`${who}: no probability in [${low}, ${high}] standard deviations, so no std to correct to`);
  }
  const range = bounds === "std" ? { low: mean + low * wide, high: mean + high * wide } : { low, high };
  return define(who, { mean, std, low, high, bounds, corrected }, "values", (data, block, stream) => {
    fillCanonical(data, block, (target, from) => {
      fillTruncatedNormal(stream, target, { mean, std: wide, ...range, from });
    });
  });
}
