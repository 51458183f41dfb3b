/** One tensor's first values by shape and role, for code that builds its own layers. */
import { checkObject, type Fail, failing } from "./errors.js";
import { ACTIVATIONS, type Activation } from "./graph/graph.js";
import { ROLES, type Role, type Site } from "./graph/site.js";
import type { GenerateOptions, Initializer } from "./initializer.js";
import { checkOneOf } from "./initializers/check.js";
import { normal } from "./initializers/normal.js";
import type { Scheme } from "./schemes/scheme.js";
import { resolveScheme, type SchemeName } from "./schemes/schemes.js";
import { checkCount, toCanonical } from "./shape.js";

/** Options of {@link initialWeights}. */
export interface InitialWeightsOptions extends GenerateOptions {
  /** What the tensor is for. Default `"hidden"`. */
  readonly role?: Role;
  /** The non-linearity behind this weight, taken for the network's too. Default `"linear"`. */
  readonly activation?: Activation;
  /**
   * Whether the network has residual branches: then heads and attention outputs start near zero. Default true for
   * `"branch-last"`, which exists nowhere else, and false for all other roles.
   */
  readonly residual?: boolean;
  /** Number of residual branches of the network, for schemes that scale with depth: 2 for each Transformer layer. Default 1. */
  readonly branches?: number;
  /** A scheme or the name of one. Default `"idinit"`. */
  readonly scheme?: Scheme | SchemeName;
  /** As in {@link GenerateOptions}; 3 by default for the role `"query-key-value"`. */
  readonly parts?: number;
}

/** Roles that schemes leave as the model has them, and that are drawn from N(0, 0.02²) where there is no model. */
const DRAWN: readonly Role[] = ["embedding", "position", "tied-head"];

/**
 * The values that a scheme gives a tensor of this shape and role, row-major in the stored layout.
 *
 * It is what `initialize` does for one parameter of a graph, with the place in the network said by the caller. Embeddings,
 * positions and tied heads, which most schemes leave as they are, are drawn from N(0, 0.02²).
 *
 * @param shape As stored, integers >= 1.
 * @throws {IdinitError} for an unknown role, activation, layout or scheme, for a shape that does not fit, and for roles that
 * the scheme leaves to the model and that have no usual start.
 * @example initialWeights([64, 3, 3, 3], { layout: "OIHW", role: "first", activation: "relu" }) // √2 on the identity entries
 * @example initialWeights([768, 3072], { role: "branch-last", key: "blocks.0.mlp.down" })       // IDIZ
 */
export function initialWeights(shape: readonly number[], options: InitialWeightsOptions = {}): Float32Array {
  const { site, initializer } = choose(shape, options);
  return initializer.generate(shape, { ...options, parts: site.parts });
}

/** What makes the values of {@link initialWeights}: the site that the options describe, and the scheme's initializer for it. */
export function choose(
  shape: readonly number[],
  options: InitialWeightsOptions,
): { readonly site: Site; readonly initializer: Initializer } {
  const site = describe(shape, options);
  const scheme = resolveScheme(options.scheme ?? "idinit");
  const picked = scheme.pick(site);
  const initializer = picked !== "leave" ? picked : DRAWN.includes(site.role) ? normal({ std: 0.02 }) : undefined;
  if (initializer === undefined) {
    const fail: Fail = failing("initialWeights", site.parameter);
    return fail(`scheme ${scheme.name} leaves role ${site.role} as the model has it, and there is no model`);
  }
  return { site, initializer };
}

/** The site that the options describe. */
function describe(shape: readonly number[], options: InitialWeightsOptions): Site {
  const who = "initialWeights";
  checkObject(who, "options", options);
  const { role = "hidden", activation = "linear", branches = 1, key } = options;
  const { residual = role === "branch-last", parts = role === "query-key-value" ? 3 : 1 } = options;
  const fail: Fail = failing(who, key);
  checkOneOf(who, "role", role, ROLES);
  checkOneOf(who, "activation", activation, ACTIVATIONS);
  if (role === "branch-last" && !residual) fail("role branch-last needs a residual network, got residual false");
  checkCount(fail, "branches", branches);
  const { layout, groups, transposed } = toCanonical(shape, options, who, key);
  return {
    parameter: key ?? "weight",
    role,
    node: key ?? "weight",
    shape,
    layout,
    groups,
    parts,
    activation,
    closesBranch: residual && (role === "branch-last" || role === "attention-output"),
    transposed,
    network: { residual, activation, branches: residual ? branches : 0 },
    reason: "said by the caller",
  };
}
