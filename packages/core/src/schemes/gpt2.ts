/** GPT-2: normal weights, smaller where they end a residual branch. */
import type { Site } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { normal } from "../initializers/normal.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link gpt2}. */
export interface Gpt2Options {
  /** Standard deviation, > 0. Default 0.02. */
  readonly std?: number;
}

/**
 * Every kernel, embedding and position N(0, 0.02²), but the last weight of each residual branch N(0, (0.02 / √L)²) with L the number of
 * branches: 2N for N Transformer layers. Biases 0, norms 1 and 0.
 *
 * Source: Radford et al., "Language models are unsupervised multitask learners", 2019, 2.3; karpathy/nanoGPT.
 *
 * @throws {IdinitError} for a standard deviation out of range.
 * @example initialize(graph, { scheme: "gpt2" })
 */
export function gpt2(options: Gpt2Options = {}): Scheme {
  const params = readOptions("gpt2", options, { std: [0.02, 0, true] });
  const plain = normal(params);
  const kernel = ({ branch, network, closesBranch }: Site) =>
    closesBranch ? normal({ std: params.std / Math.sqrt(branch?.count ?? network.branches) }) : plain;
  const tables = { embedding: plain, position: plain, "tied-head": plain };
  return byRole("gpt2", params, kernel, tables, [{ kind: "residual" }]);
}
