/** The zero-gamma scheme: each residual branch is closed by the scale of its last norm. */
import { failing } from "../errors.js";
import type { Site } from "../graph/site.js";
import { kaimingNormal } from "../initializers/heNormal.js";
import { normal } from "../initializers/normal.js";
import { ones } from "../initializers/ones.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/**
 * Kernels N(0, 2 / fan_out); the head N(0, 0.01²); the scale of the norm, or the gate, that ends a residual branch 0; other norms
 * 1 and 0, biases 0.
 *
 * Source: Goyal et al., "Accurate, large minibatch SGD", 2017, 5.1.
 *
 * @throws {IdinitError} at a branch that ends in no norm and no gate (pre-norm networks): there is nothing to close it by.
 * @example initialize(resnetGraph, { scheme: "zero-gamma" })
 */
export function zeroGamma(): Scheme {
  const kernel = kaimingNormal({ mode: "fan_out", nonlinearity: "relu" });
  const head = normal({ std: 0.01 });
  const closes = ({ parameter, branch }: Site) => branch?.gate?.parameter === parameter;
  return byRole(
    "zero-gamma",
    {},
    ({ parameter, role, branch, closesBranch }) => {
      if (closesBranch && branch?.gate === undefined) {
        failing(
          "zero-gamma",
          parameter,
        )("needs a norm or a gate after the last weight of each residual branch, but there is none");
      }
      return role === "head" ? head : kernel;
    },
    {
      "norm-scale": (site) => (closes(site) ? zeros() : ones()),
      "branch-gate": (site) => (closes(site) ? zeros() : "leave"),
    },
    [{ kind: "branch-end" }],
  );
}
