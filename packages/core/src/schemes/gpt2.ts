/** GPT-2: normal weights, smaller where they end a residual branch. */
import type { Role } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { normal } from "../initializers/normal.js";
import type { Scheme } from "./scheme.js";
import { pickVector } from "./vectors.js";

/** Parameters of {@link gpt2}. */
export interface Gpt2Options {
  /** Standard deviation, > 0. Default 0.02. */
  readonly std?: number;
}

const TABLES: readonly Role[] = ["embedding", "position", "tied-head"];

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
  return {
    name: "gpt2",
    params,
    requires: [{ kind: "residual" }],
    pick(site) {
      if (TABLES.includes(site.role)) return plain;
      const vector = pickVector(site);
      if (vector !== undefined) return vector;
      const branches = site.branch?.count ?? site.network.branches;
      return site.closesBranch ? normal({ std: params.std / Math.sqrt(branches) }) : plain;
    },
  };
}
