/** The delta-orthogonal scheme. */
import { readOptions } from "../initializers/check.js";
import { type DeltaOrthogonalOptions, deltaOrthogonal as initializer } from "../initializers/deltaOrthogonal.js";
import { activationGain } from "./activationGain.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link deltaOrthogonal}. */
export interface DeltaOrthogonalSchemeOptions {
  /** Factor on every kernel. Default 1: with tanh and small weights the critical point; `"activation"` is the gain of the non-linearity. */
  readonly gain?: number | "activation";
  /** See {@link DeltaOrthogonalOptions}. Default `"rows"`, so that layers with fewer outputs than inputs are served. */
  readonly narrowing?: NonNullable<DeltaOrthogonalOptions["narrowing"]>;
}

/**
 * Convolutions 0 but for an orthogonal matrix at the centre tap, dense kernels orthogonal. Biases 0, norms 1 and 0.
 *
 * Source: Xiao et al., "Dynamical isometry and a mean field theory of CNNs", ICML 2018.
 *
 * @throws {IdinitError} for a parameter out of range.
 * @example initialize(graph, { scheme: "delta-orthogonal" })
 */
export function deltaOrthogonal(options: DeltaOrthogonalSchemeOptions = {}): Scheme {
  const params = readOptions("delta-orthogonal", options, { gain: 1, narrowing: "rows" });
  const { gain, narrowing } = params;
  initializer({ narrowing, ...(gain !== "activation" && { gain }) });
  return byRole("delta-orthogonal", params, ({ activation }) =>
    initializer({ narrowing, gain: gain === "activation" ? activationGain(activation) : gain }),
  );
}
