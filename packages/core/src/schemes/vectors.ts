/** What every scheme does with parameters that are no kernels, unless it has a rule of its own. */
import type { Role, Site } from "../graph/site.js";
import { ones } from "../initializers/ones.js";
import { zeros } from "../initializers/zeros.js";
import type { Pick } from "./scheme.js";

const ZERO: readonly Role[] = ["bias", "norm-shift", "norm-mean", "peephole"];
const ONE: readonly Role[] = ["norm-scale", "norm-variance", "scale"];
const LEFT: readonly Role[] = ["embedding", "position", "tied-head", "branch-gate", "slope", "other"];

/**
 * Biases, norm shifts, running means and peepholes 0; norm scales, running variances and factors 1; embeddings, positions, tied
 * heads, branch gates and slopes left as they are. Undefined for kernels.
 */
export function pickVector({ role }: Site): Pick | undefined {
  if (ZERO.includes(role)) return zeros();
  if (ONE.includes(role)) return ones();
  return LEFT.includes(role) ? "leave" : undefined;
}
