/** The IDInit scheme: which weight gets the identity and which the identity-like zero. */
import type { Site } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { type IdiOptions, idi } from "../initializers/idi.js";
import { idiz } from "../initializers/idiz.js";
import { normal } from "../initializers/normal.js";
import { ones } from "../initializers/ones.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link idinit}. */
export interface IdinitOptions {
  /** Size ε of IDIZ's entries. Default 1e-6; keep it far below √(norm epsilon). */
  readonly epsilon?: number;
  /** Standard deviation of the Loose noise on IDI's entries. Default 1e-6; 0 is fully deterministic. */
  readonly loose?: number;
  /** Column order of flattened kernels; see {@link idi}. Default `"kernel-fastest"`. */
  readonly order?: NonNullable<IdiOptions["order"]>;
  /**
   * What becomes of a gate that closes a branch by itself (a norm scale of 0, a ReZero, SkipInit or LayerScale factor).
   * `"open"` (default) sets it to 1 and closes the branch by IDIZ; `"keep"` leaves a shut gate and gives the last weight
   * IDI. Both at once would starve each other of gradient.
   */
  readonly gates?: "open" | "keep";
  /** τ of weights that read the network's input. Default `"auto"`: √2 if ReLU is the network's commonest non-linearity, else 1. */
  readonly firstGain?: number | "auto";
}

/**
 * Identity-like initialization of a whole network.
 *
 * | weight | non-residual | residual |
 * |---|---|---|
 * | first of a ReLU network | IDI, τ = √2 | the same |
 * | last of a residual branch, attention output and feed-forward down among them | – | IDIZ |
 * | head | IDI | IDIZ |
 * | packed query-key-value | IDI on each part | the same, never IDIZ |
 * | router | N(0, 0.02²) | the same |
 * | every other kernel | IDI | IDI |
 *
 * Biases 0, norms 1 and 0; embeddings, positions and tied heads are left as they are. A branch that ends in a recurrent layer or a packed
 * weight stays open.
 *
 * Source: Pan et al., "IDInit", ICLR 2025, 3.1-3.3 and appendix B; the first layer's √2 is that of appendix B. Shortcut
 * projections, routers, recurrent and gate layers are decisions of this library, see docs/method.md.
 *
 * @throws {IdinitError} for a parameter out of range.
 * @example initialize(graph, { scheme: idinit({ epsilon: 1e-5, gates: "keep" }) })
 */
export function idinit(options: IdinitOptions = {}): Scheme {
  const params = readOptions("idinit", options, {
    epsilon: 1e-6,
    loose: 1e-6,
    order: "kernel-fastest",
    gates: ["open", "keep"],
    firstGain: "auto",
  });
  const { epsilon, loose, order, gates, firstGain } = params;
  const identity = idi({ loose, order });
  const zero = idiz({ epsilon, order });
  const firstOfRelu = idi({ tau: Math.SQRT2, loose, order });
  const first =
    firstGain === "auto"
      ? ({ network }: Site) => (network.activation === "relu" ? firstOfRelu : identity)
      : idi({ tau: firstGain, loose, order });

  // A branch gate is made to be shut, so it counts as shut where its values are not known; a norm's scale does not.
  function gateIsKept({ branch }: Site): boolean {
    const gate = branch?.gate;
    if (gates === "open" || gate === undefined) return false;
    return gate.closed ?? gate.kind === "branch-gate";
  }

  return byRole("idinit", params, (site) => (site.closesBranch && !gateIsKept(site) ? zero : identity), {
    router: normal({ std: 0.02 }),
    first,
    head: ({ network }) => (network.residual ? zero : identity),
    "query-key-value": identity,
    "recurrent-input": identity,
    "recurrent-hidden": identity,
    "branch-gate": gates === "open" ? ones() : "leave",
    "norm-scale": (site) => (gateIsKept(site) && site.branch?.gate?.parameter === site.parameter ? "leave" : ones()),
  });
}
