/** What PyTorch's layers start with when nobody initializes them. */
import type { Site } from "../graph/site.js";
import { constant } from "../initializers/constant.js";
import { xavierUniform } from "../initializers/glorotUniform.js";
import { kaimingUniform } from "../initializers/heUniform.js";
import { normal } from "../initializers/normal.js";
import { uniform } from "../initializers/uniform.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Pick, Scheme } from "./scheme.js";
import { whole } from "./whole.js";

/**
 * PyTorch's defaults: kernels uniform on ±1/√fan_in (`kaiming_uniform_` with slope √5) and their biases too; recurrent layers uniform
 * on ±1/√units; embeddings and tied heads N(0, 1); packed query-key-value Xavier-uniform as one matrix with zero bias, as in
 * `MultiheadAttention`; norms 1 and 0; PReLU slopes 0.25.
 *
 * Differences: `MultiheadAttention` also sets its output projection's bias to 0, and transposed convolutions count
 * fan_in by the kernel's second stored axis; here both follow the general rule.
 *
 * Source: `reset_parameters` in torch.nn (Linear, Conv, RNNBase, Embedding, MultiheadAttention).
 *
 * @example initialize(graph, { scheme: "pytorch" })
 */
export function pytorch(): Scheme {
  const recurrent = ({ units }: Site) => around(units);
  return byRole("pytorch", {}, kaimingUniform({ nonlinearity: "leakyRelu", slope: Math.sqrt(5) }), {
    embedding: normal(),
    "tied-head": normal(),
    "recurrent-input": recurrent,
    "recurrent-hidden": recurrent,
    bias: ({ units, fanIn, kernelRole }) => (kernelRole === "query-key-value" ? zeros() : around(units ?? fanIn)),
    slope: constant(0.25),
    "query-key-value": whole(xavierUniform()),
  });
}

/** Uniform on ±1/√count; 0 for a constant that belongs to no kernel. */
function around(count: number | undefined): Pick {
  if (count === undefined) return zeros();
  const bound = 1 / Math.sqrt(count);
  return uniform({ low: -bound, high: bound });
}
