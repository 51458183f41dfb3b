/** Gains by the non-linearity behind a weight. */
import type { Activation } from "../graph/graph.js";
import { gain, type Nonlinearity } from "../initializers/gain.js";

/** PyTorch's initial slope of PReLU. */
const PRELU_SLOPE = 0.25;

/**
 * The non-linearity whose gain stands for an activation's, with its slope: those that are cut off below zero (GELU, SiLU, ELU, Mish, hard
 * swish) count as ReLU; sigmoids, softmax, softplus and unknown ones as linear.
 */
export function nonlinearityOf(activation: Activation): { nonlinearity: Nonlinearity; slope?: number } {
  switch (activation) {
    case "relu":
    case "elu":
    case "gelu":
    case "silu":
    case "mish":
    case "hardSwish":
      return { nonlinearity: "relu" };
    case "leakyRelu":
      return { nonlinearity: "leakyRelu" };
    case "prelu":
      return { nonlinearity: "leakyRelu", slope: PRELU_SLOPE };
    case "tanh":
    case "selu":
      return { nonlinearity: activation };
    default:
      return { nonlinearity: "linear" };
  }
}

/** The gain itself. */
export function activationGain(activation: Activation): number {
  const { nonlinearity, slope } = nonlinearityOf(activation);
  return gain(nonlinearity, slope);
}
