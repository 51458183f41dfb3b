/** The plan of an initialization: every parameter's site and what the scheme, or the caller, picks for it. */
import { checkObject, IdinitError, show } from "./errors.js";
import type { Graph } from "./graph/graph.js";
import { inferRoles } from "./graph/roles.js";
import type { Site } from "./graph/site.js";
import type { RoleOverrides } from "./graph/undecided.js";
import { checkRequirements } from "./schemes/missing.js";
import type { Pick, Scheme } from "./schemes/scheme.js";
import { resolveScheme, type SchemeName } from "./schemes/schemes.js";

/** What decides a plan. */
export interface PlanOptions {
  /** A scheme or its name. Default `"idinit"`. */
  readonly scheme?: Scheme | SchemeName;
  /** Roles given by hand, by parameter name. */
  readonly roles?: RoleOverrides;
  /** Initializers given by hand, by parameter name, or `"leave"`; they win over the scheme. */
  readonly initializers?: Readonly<Record<string, Pick>>;
  /**
   * Values that the model has, by parameter name. With them, what the scheme leaves keeps its values, and a branch gate
   * is known to be shut or not. Without them, everything is made from nothing.
   */
  readonly present?: ReadonlyMap<string, Float32Array>;
}

/** One parameter of a plan. */
export interface PlanEntry {
  readonly site: Site;
  readonly pick: Pick;
}

/**
 * Infers all roles and picks all initializers; generates nothing.
 *
 * @throws {IdinitError} for an invalid or undecidable graph, an unknown scheme, a model that lacks what the scheme needs, an override for an
 * unknown parameter, and a parameter to be initialized that is not float32.
 */
export function plan(graph: Graph, options: PlanOptions): readonly PlanEntry[] {
  checkObject("initialize", "options", options);
  const { roles = {}, initializers = {}, present } = options;
  checkObject("initialize", "initializers", initializers);
  const scheme = resolveScheme(options.scheme ?? "idinit");
  const sites = inferRoles(graph, { roles, ...(present && { present }) });
  const used = new Set(sites.map(({ parameter }) => parameter));
  const types = new Map(graph.parameters.map(({ name, dtype = "float32" }) => [name, dtype]));
  for (const name of Object.keys(initializers)) {
    if (!types.has(name)) throw new IdinitError(`initializers: no parameter is called ${show(name)}`);
    if (!used.has(name)) throw new IdinitError(`initializers: no node uses parameter ${show(name)}`);
  }
  checkRequirements(scheme, graph, sites);
  return sites.map((site) => {
    const { parameter } = site;
    const pick = Object.hasOwn(initializers, parameter) ? initializers[parameter]! : scheme.pick(site);
    if (pick !== "leave" && types.get(parameter) !== "float32") {
      throw new IdinitError(`initialize: parameter ${show(parameter)} must be float32, got ${types.get(parameter)}`);
    }
    return { site, pick };
  });
}
