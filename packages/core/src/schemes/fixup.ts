/** Fixup: residual networks without normalization. */
import type { Site } from "../graph/site.js";
import { xavierUniform } from "../initializers/glorotUniform.js";
import { kaimingNormal } from "../initializers/heNormal.js";
import { ones } from "../initializers/ones.js";
import { varianceScaling } from "../initializers/varianceScaling.js";
import { zeros } from "../initializers/zeros.js";
import { exp, ln } from "../random/elementary.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";
import { whole } from "./whole.js";

/**
 * Starts each residual branch at 0 and its inner weights so small that one step of training changes the network's function by the
 * same amount at any depth.
 *
 * | parameter | value |
 * |---|---|
 * | last weight of each branch, head with its bias | 0 |
 * | other weights of a branch with m weights | N(0, 2 / (out·K)) · L^(−1/(2m−2)), L the number of branches |
 * | query, key, value | Xavier uniform · L^(−1/6); packed, drawn as one matrix |
 * | every other kernel | N(0, 2 / (out·K)) |
 * | scalar multiplier of each branch | 1 |
 * | biases | 0 |
 *
 * Train the scalars with a tenth of the learning rate. A shortcut of the CIFAR networks is average pooling and zero channels.
 *
 * Source: Zhang, Dauphin, Ma, "Fixup initialization", ICLR 2019, 3; the authors' code for ResNets and for Transformers.
 *
 * @example initialize(graph, { scheme: "fixup" })
 */
export function fixup(): Scheme {
  const kernel = kaimingNormal({ mode: "fan_out", nonlinearity: "relu" });
  const attention = ({ branch, closesBranch }: Site) =>
    closesBranch
      ? zeros()
      : branch === undefined
        ? kernel
        : whole(xavierUniform({ gain: power(branch.count, -1 / 6) }));
  return byRole(
    "fixup",
    {},
    ({ branch, closesBranch }) => {
      if (closesBranch) return zeros();
      if (branch === undefined) return kernel;
      // Beside a branch's main path, as in a gate of it, m is 1 and nothing is to be scaled.
      const variance = branch.weights > 1 ? power(branch.count, -1 / (branch.weights - 1)) : 1;
      return varianceScaling({ scale: 2 * variance, mode: "fan_out" });
    },
    {
      "branch-gate": ones(),
      head: zeros(),
      query: attention,
      key: attention,
      value: attention,
      "query-key-value": attention,
    },
    [{ kind: "residual" }, { kind: "no-norm" }, { kind: "branch-scalar", initial: 1 }, { kind: "branch-biases" }],
  );
}

/** With the same bits in every engine, which `**` does not promise. */
function power(base: number, exponent: number): number {
  return exp(exponent * ln(base));
}
