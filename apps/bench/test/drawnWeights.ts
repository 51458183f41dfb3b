/** Weights for tests of engines, which should not depend on an adapter. */
import { heNormal, type Initializer } from "@idinit/core";
import { type Architecture, parameters } from "../src/architectures/index.js";
import { startingParameters } from "../src/architectures/startingParameters.js";

/** Kernels from `kernels`, by default He's normal distribution, all else as {@link startingParameters} has it. */
export function drawnWeights(
  architecture: Architecture,
  seed: number,
  kernels: Initializer = heNormal(),
): Map<string, Float32Array> {
  const weights = startingParameters(architecture, seed);
  for (const { name, shape, kind } of parameters(architecture)) {
    if (kind === "kernel") weights.set(name, kernels.generate(shape, { seed, key: name }));
  }
  return weights;
}
