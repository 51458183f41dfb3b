/** Gains by the non-linearity behind a weight. */
import type { Activation } from "../graph/graph.js";
import { gain, type Nonlinearity } from "../initializers/gain.js";

/** PyTorch's initial slope of PReLU. */
const PRELU_SLOPE = 0.25;

/** Those that are cut off below zero count as ReLU, and those that are not here as linear: sigmoids, softmax, softplus, unknown ones. */
const LIKE: { readonly [activation in Activation]?: Nonlinearity } = {
  relu: "relu",
  elu: "relu",
  gelu: "relu",
  silu: "relu",
  mish: "relu",
  hardSwish: "relu",
  leakyRelu: "leakyRelu",
  prelu: "leakyRelu",
  tanh: "tanh",
  selu: "selu",
};

/** The non-linearity whose gain stands for an activation's, with its slope. */
export function nonlinearityOf(activation: Activation): { nonlinearity: Nonlinearity; slope?: number } {
  return { nonlinearity: LIKE[activation] ?? "linear", ...(activation === "prelu" && { slope: PRELU_SLOPE }) };
}

/** The gain itself. */
export function activationGain(activation: Activation): number {
  const { nonlinearity, slope } = nonlinearityOf(activation);
  return gain(nonlinearity, slope);
}
