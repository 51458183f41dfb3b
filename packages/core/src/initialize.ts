/** From a graph, a scheme and a seed to weights: the one place that knows all parts. */
import { type Adapter, checkAdapter } from "./adapter.js";
import { checkObject, IdinitError, show } from "./errors.js";
import type { Graph } from "./graph/graph.js";
import type { Site } from "./graph/site.js";
import type { Initializer } from "./initializer.js";
import { constant } from "./initializers/constant.js";
import { normal } from "./initializers/normal.js";
import { zeros } from "./initializers/zeros.js";
import { type PlanEntry, type PlanOptions, plan } from "./plan.js";

/** Options of {@link initialize}. */
export interface InitializeOptions extends PlanOptions {
  /** Seed of the random streams, an integer in [0, 2^53). Default 0. */
  readonly seed?: number;
}

/** Options of {@link initializeModel}: the present values are read from the model. */
export type InitializeModelOptions = Omit<InitializeOptions, "present">;

/** A gate or weight nowhere larger than this lets next to no gradient through. */
const SHUT = 1e-3;

/** Whether values are known and lie so near to zero that next to no gradient gets through. */
export function isShut(values: Float32Array | undefined): boolean {
  return values?.every((value) => Math.abs(value) <= SHUT) ?? false;
}

/**
 * Makes the weights of a network: a value for every parameter, in stored layout, by parameter name.
 *
 * With `present`, parameters that the scheme leaves as they are have no entry. Without, embeddings, positions and tied heads are
 * N(0, 0.02²), branch gates 0 and PReLU slopes 0.25. Parameters that no node uses never have an entry.
 *
 * Nothing is generated before everything is checked.
 *
 * @throws {IdinitError} for an invalid graph, an undecidable role (naming the override), an unknown scheme or parameter name, a type
 * other than float32, and a branch whose last weight and gate would both be next to zero: neither would get a gradient.
 * @example initialize(graph, { scheme: "idinit", seed: 1 }).get("fc.weight")
 */
export function initialize(graph: Graph, options: InitializeOptions = {}): Map<string, Float32Array> {
  const planned = plan(graph, options);
  const { seed = 0, present } = options;
  const entries = planned.map((entry) => ({ ...entry, pick: resolve(entry, present) }));
  const weights = new Map<string, Float32Array>();
  for (const { site, pick } of entries) {
    if (pick === "leave") continue;
    const { parameter: key, shape, layout, groups, parts, transposed } = site;
    weights.set(key, pick.generate(shape, { layout, groups, parts, transposed, seed, key }));
  }
  for (const { site } of entries) checkNotStarved(site, (name) => isShut(weights.get(name) ?? present?.get(name)));
  return weights;
}

/** {@link initialize} for a framework's model: translates it, keeps what the scheme leaves, writes all or nothing. */
export function initializeModel<Model, Written>(
  adapter: Adapter<Model, Written>,
  model: Model,
  options: InitializeModelOptions = {},
): Written {
  checkAdapter(adapter);
  checkObject("initialize", "options", options);
  const present = adapter.read(model);
  return adapter.write(model, initialize(adapter.toGraph(model), { ...options, present }));
}

/** What "leave" means: keep the values there are, or make the customary ones. */
export function resolve(
  { site, pick }: PlanEntry,
  present: ReadonlyMap<string, Float32Array> | undefined,
): Initializer | "leave" {
  if (pick !== "leave" || present !== undefined) return pick;
  switch (site.role) {
    case "branch-gate":
      return zeros();
    case "slope":
      return constant(0.25);
    case "other":
      throw new IdinitError(
        `initialize: ${site.reason}, so there is no value to make for ${show(site.parameter)}; pass initializers: ` +
          `{ ${show(site.parameter)}: zeros() } or present values`,
      );
    default:
      return normal({ std: 0.02 });
  }
}

/** @throws {IdinitError} where the site's weight and the gate of its branch are both shut. */
export function checkNotStarved({ parameter, closesBranch, branch }: Site, shut: (name: string) => boolean): void {
  const gate = branch?.gate?.parameter;
  if (!closesBranch || gate === undefined || !shut(gate) || !shut(parameter)) return;
  throw new IdinitError(
    `initialize: the residual branch that ends in ${show(parameter)} would be shut twice, by that weight and by its gate ${show(gate)}, ` +
      'and neither would get a gradient; open one of them, e.g. with scheme idinit({ gates: "keep" }) or ' +
      `initializers: { ${show(gate)}: ones() }`,
  );
}
