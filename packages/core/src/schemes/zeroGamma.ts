/** The zero-gamma scheme: each residual branch is closed by the scale of its last norm. */
import { IdinitError } from "../errors.js";
import { kaimingNormal } from "../initializers/heNormal.js";
import { normal } from "../initializers/normal.js";
import { zeros } from "../initializers/zeros.js";
import type { Scheme } from "./scheme.js";
import { pickVector } from "./vectors.js";

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
  return {
    name: "zero-gamma",
    params: {},
    requires: [{ kind: "branch-end" }],
    pick(site) {
      const { parameter, role, branch, closesBranch } = site;
      if (branch?.gate?.parameter === parameter) return zeros();
      if (closesBranch && branch?.gate === undefined) {
        throw new IdinitError(
          `zero-gamma: needs a norm or a gate after the last weight of each residual branch, but there is none after ${JSON.stringify(parameter)}`,
        );
      }
      return pickVector(site) ?? (role === "head" ? head : kernel);
    },
  };
}
