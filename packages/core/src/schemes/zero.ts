/** The ZerO scheme: zeros and ones only. */
import { hadamard } from "../initializers/hadamard.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/**
 * Every kernel a padded identity, or a part of a Hadamard matrix where it widens, at the centre tap; the last weight of each residual
 * branch 0. Biases 0, norms 1 and 0. A packed query-key-value weight that ends a branch is not set to 0.
 *
 * Source: Zhao et al., "ZerO initialization", TMLR 2022, algorithms 1 and 2.
 *
 * @example initialize(graph, { scheme: "zero" })
 */
export function zero(): Scheme {
  return byRole("zero", {}, ({ closesBranch, role }) =>
    closesBranch && role !== "query-key-value" ? zeros() : hadamard(),
  );
}
