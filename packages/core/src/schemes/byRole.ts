/** What schemes are made of: a rule for each role, with the usual ones for parameters that are no kernels. */
import type { Role, Site } from "../graph/site.js";
import { ones } from "../initializers/ones.js";
import { zeros } from "../initializers/zeros.js";
import type { Requirement } from "./requirement.js";
import type { Pick, Scheme } from "./scheme.js";

/** What a scheme picks for a role, or how it picks it. */
type Rule = Pick | ((site: Site) => Pick);

const ZERO: Pick = zeros();
const ONE: Pick = ones();

/** What every scheme does with parameters that are no kernels, unless it has a rule of its own. */
const VECTORS: { readonly [role in Role]?: Pick } = {
  bias: ZERO,
  "norm-shift": ZERO,
  "norm-mean": ZERO,
  peephole: ZERO,
  "norm-scale": ONE,
  "norm-variance": ONE,
  scale: ONE,
  embedding: "leave",
  position: "leave",
  "tied-head": "leave",
  "branch-gate": "leave",
  slope: "leave",
  other: "leave",
};

/**
 * Makes a scheme.
 *
 * @param kernel The rule for kernels.
 * @param rules Rules for roles that the scheme serves in a way of its own.
 */
export function byRole(
  name: string,
  params: Scheme["params"],
  kernel: Rule,
  rules: { readonly [role in Role]?: Rule } = {},
  requires: readonly Requirement[] = [],
): Scheme {
  const all = { ...VECTORS, ...rules };
  return {
    name,
    params,
    requires,
    pick(site) {
      const rule = all[site.role] ?? kernel;
      return typeof rule === "function" ? rule(site) : rule;
    },
  };
}
