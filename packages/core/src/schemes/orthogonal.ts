/** The orthogonal scheme. */
import { readOptions } from "../initializers/check.js";
import { orthogonal as orthogonalInitializer } from "../initializers/orthogonal.js";
import { activationGain } from "./activationGain.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Factor on every kernel. Default `"activation"`: the gain of the non-linearity behind it. */
  readonly gain?: number | "activation";
}

/**
 * Every kernel, seen as `[out, in · K]`, a random matrix with orthonormal rows or columns times a gain. Biases 0, norms 1 and 0.
 *
 * Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
 *
 * @example initialize(graph, { scheme: orthogonal({ gain: 1 }) })
 */
export function orthogonal(options: OrthogonalOptions = {}): Scheme {
  const params = readOptions("orthogonal", options, { gain: "activation" });
  const { gain } = params;
  // Refuses what is no gain, before a graph is seen.
  if (gain !== "activation") orthogonalInitializer({ gain });
  return byRole("orthogonal", params, ({ activation }) =>
    orthogonalInitializer({ gain: gain === "activation" ? activationGain(activation) : gain }),
  );
}
