/** ReZero: x + α·F(x) with α = 0. */
import { xavierNormal } from "../initializers/glorotNormal.js";
import { xavierUniform } from "../initializers/glorotUniform.js";
import { kaimingNormal } from "../initializers/heNormal.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/**
 * The scalar α of each residual branch 0; both sublayers of a Transformer's layer may share one. Convolutions Kaiming normal (fan_in,
 * ReLU), attention weights Xavier uniform, all other kernels Xavier normal with gain √2. Biases 0, norms 1 and 0.
 *
 * ResNets keep their batch norms; Transformers go without LayerNorm and without warm-up.
 *
 * Source: Bachlechner et al., "ReZero is all you need", UAI 2021, 3; the authors' examples.
 *
 * @example initialize(graph, { scheme: "rezero" })
 */
export function rezero(): Scheme {
  const conv = kaimingNormal();
  const attention = xavierUniform();
  const dense = xavierNormal({ gain: Math.SQRT2 });
  return byRole(
    "rezero",
    {},
    ({ layout }) => (layout.length > 2 ? conv : dense),
    {
      "branch-gate": zeros(),
      query: attention,
      key: attention,
      value: attention,
      "query-key-value": attention,
      "attention-output": attention,
    },
    [{ kind: "residual" }, { kind: "branch-scalar", initial: 0 }],
  );
}
