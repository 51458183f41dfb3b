/** What the two He initializers share. */
import type { Initializer } from "../initializer.js";
import type { Rules } from "./check.js";
import { gain, type Nonlinearity } from "./gain.js";
import { scaled, type VarianceScalingOptions } from "./varianceScaling.js";

/** Parameters of {@link heUniform} and {@link heNormal}. */
export interface HeOptions {
  /** `"fan_in"` (default) keeps the variance of the forward pass, `"fan_out"` that of the backward pass. */
  readonly mode?: "fan_in" | "fan_out";
  /** The non-linearity behind the weight; see {@link gain}. Default `"relu"`. */
  readonly nonlinearity?: Nonlinearity;
  /** Negative slope of leakyRelu. Default 0.01. PyTorch's layers draw with slope √5. */
  readonly slope?: number;
}

/** How factories read these options; {@link gain} checks two of them. */
export const HE_OPTIONS: Rules<HeOptions> = { mode: ["fan_in", "fan_out"], nonlinearity: "relu", slope: 0.01 };

/** An initializer of variance gain² / fan. */
export function he(
  name: string,
  params: Required<HeOptions>,
  distribution: NonNullable<VarianceScalingOptions["distribution"]>,
): Initializer {
  const factor = gain(params.nonlinearity, params.slope);
  return scaled(name, { ...params }, factor * factor, params.mode, distribution);
}
