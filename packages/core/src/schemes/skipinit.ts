/** SkipInit: residual branches that begin multiplied by 0. */
import { kaimingNormal } from "../initializers/heNormal.js";
import { zeros } from "../initializers/zeros.js";
import { nonlinearityOf } from "./activationGain.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/**
 * The scalar at the end of each residual branch 0; kernels N(0, gain² / fan_in) with the gain of the non-linearity behind them; the head 0;
 * biases 0. For networks without normalization; convolutions keep their biases.
 *
 * Source: De and Smith, "Batch normalization biases residual blocks towards the identity function", NeurIPS 2020, 4.
 *
 * @example initialize(graph, { scheme: "skipinit" })
 */
export function skipinit(): Scheme {
  return byRole(
    "skipinit",
    {},
    ({ activation }) => kaimingNormal(nonlinearityOf(activation)),
    { "branch-gate": zeros(), head: zeros() },
    [{ kind: "residual" }, { kind: "no-norm" }, { kind: "branch-scalar", initial: 0 }],
  );
}
