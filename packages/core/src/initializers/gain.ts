/** Gains: how much wider a weight must be to make up for the non-linearity behind it. */
import { failing } from "../errors.js";
import { checkOneOf } from "./check.js";

/** Non-linearities with an established gain. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/**
 * The factor on the standard deviation that a non-linearity asks for: linear and sigmoid 1, tanh 5/3, relu √2,
 * leakyRelu √(2 / (1 + slope²)), selu 3/4.
 *
 * Source: `torch.nn.init.calculate_gain`; for ReLU, He et al., "Delving deep into rectifiers", 2015.
 *
 * @param slope Negative slope of leakyRelu. Default 0.01; no effect elsewhere.
 * @throws {IdinitError} for another name or a slope that is not finite.
 * @example gain("leakyRelu", 0.2) // 1.3868
 */
export function gain(nonlinearity: Nonlinearity, slope = 0.01): number {
  if (!Number.isFinite(slope)) failing("gain")("slope must be a finite number", slope);
  const gains: Record<Nonlinearity, number> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.sqrt(2),
    leakyRelu: Math.sqrt(2 / (1 + slope * slope)),
    selu: 3 / 4,
  };
  checkOneOf("gain", "nonlinearity", nonlinearity, Object.keys(gains) as Nonlinearity[]);
  return gains[nonlinearity];
}
