/** What the two He initializers share. */
import { checkOneOf } from "./check.js";
import { gain, type Nonlinearity } from "./gain.js";

/** Parameters of {@link heUniform} and {@link heNormal}. */
export interface HeOptions {
  /** `"fan_in"` (default) keeps the variance of the forward pass, `"fan_out"` that of the backward pass. */
  readonly mode?: "fan_in" | "fan_out";
  /** The non-linearity behind the weight; see {@link gain}. Default `"relu"`. */
  readonly nonlinearity?: Nonlinearity;
  /** Negative slope of leakyRelu. Default 0.01. PyTorch's layers draw with slope √5. */
  readonly slope?: number;
}

/** Checks the options of factory `who`; `scale` is gain². */
export function heOptions(who: string, options: HeOptions): { params: Required<HeOptions>; scale: number } {
  const mode = checkOneOf(who, "mode", options.mode ?? "fan_in", ["fan_in", "fan_out"]);
  const nonlinearity = options.nonlinearity ?? "relu";
  const slope = options.slope ?? 0.01;
  const factor = gain(nonlinearity, slope);
  return { params: { mode, nonlinearity, slope }, scale: factor * factor };
}
