/** Gains: how much wider a weight must be to make up for the non-linearity behind it. */
import { IdinitError } from "../errors.js";
import { show } from "../shape.js";

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
  if (!Number.isFinite(slope)) throw new IdinitError(`gain: slope must be a finite number, got ${show(slope)}`);
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
    default:
      throw new IdinitError(
        `gain: nonlinearity must be one of linear, sigmoid, tanh, relu, leakyRelu, selu, got ${show(nonlinearity)}`,
      );
  }
}
