/** A plan of weights from a list of names, shapes and roles, as a JSON file holds it. */
import { checkObject, IdinitError, show } from "../errors.js";
import { ACTIVATIONS, type Activation } from "../graph/graph.js";
import { ROLES, type Role } from "../graph/site.js";
import type { Initializer } from "../initializer.js";
import { choose } from "../initialWeights.js";
import type { Layout } from "../layout.js";
import type { Scheme } from "../schemes/scheme.js";
import type { SchemeName } from "../schemes/schemes.js";
import { toCanonical } from "../shape.js";
import { type InitializerRecord, initializerOf, makesRowsAlone } from "./initializerOf.js";
import { checkPlan, type PlannedTensor, type WeightPlan } from "./weightPlan.js";

/** One entry of the list. */
export interface ListEntry {
  /** Unique. */
  readonly name: string;
  /** As stored, integers >= 1. */
  readonly shape: readonly number[];
  readonly role: Role;
  /** Order of the axes. Default out first. */
  readonly layout?: Layout;
  /** Convolution groups. Default 1. */
  readonly groups?: number;
  /** Equal blocks along out, each initialized by itself. Default 3 for the role `"query-key-value"`, else 1. */
  readonly parts?: number;
  /** Whether the kernel is that of a transposed convolution. Default false. */
  readonly transposed?: boolean;
  /** The non-linearity behind it. Default that of the list. */
  readonly activation?: Activation;
  /** In place of what the scheme picks. */
  readonly initializer?: InitializerRecord;
}

/** Options of {@link planList}: facts of the whole network. */
export interface PlanListOptions {
  /** A scheme or its name. Default `"idinit"`. */
  readonly scheme?: Scheme | SchemeName;
  /** The network's non-linearity. Default `"linear"`. */
  readonly activation?: Activation;
  /** Whether it has residual branches. Default: whether a role is `"branch-last"`. */
  readonly residual?: boolean;
  /** Number of residual branches: 2 for each Transformer layer. Default 1. */
  readonly branches?: number;
  /** Initializers of your own, by name of the tensor. */
  readonly initializers?: Readonly<Record<string, Initializer>>;
}

const FIELDS = ["name", "shape", "role", "layout", "groups", "parts", "transposed", "activation", "initializer"];

/**
 * A plan of the tensors in a list, in its order; the scheme gives each what `initialWeights` would.
 *
 * @param list {@link ListEntry}s, of `JSON.parse` or not: everything is checked.
 * @throws {IdinitError} that names the entry: for a name given twice, an unknown field, role, layout or activation, a shape that does
 * not fit, and what the scheme can't serve.
 * @example planList([{ name: "fc.weight", shape: [10, 4], role: "head" }], { scheme: "kaiming" })
 */
export function planList(list: readonly ListEntry[], options: PlanListOptions = {}): WeightPlan {
  checkObject("planList", "options", options);
  if (!Array.isArray(list)) throw new IdinitError(`planList: list must be an array of entries, got ${show(list)}`);
  const { initializers = {} } = options;
  const residual = options.residual ?? list.some((entry) => entry?.role === "branch-last");
  const plan = list.map((entry, index) => {
    try {
      return planned(checkEntry(entry), { ...options, residual }, initializers);
    } catch (error) {
      if (!(error instanceof IdinitError)) throw error;
      const name = typeof entry?.name === "string" ? ` (${show(entry.name)})` : "";
      throw new IdinitError(`planList: entry ${index}${name}: ${error.message}`, { cause: error });
    }
  });
  checkPlan("planList", plan);
  const names = new Set(plan.map(({ name }) => name));
  for (const name of Object.keys(initializers)) {
    if (!names.has(name)) throw new IdinitError(`planList: initializers: no tensor is called ${show(name)}`);
  }
  return plan;
}

function checkEntry(entry: ListEntry): ListEntry {
  if (typeof entry !== "object" || entry === null) throw new IdinitError(`must be an object, got ${show(entry)}`);
  for (const field of Object.keys(entry)) {
    if (!FIELDS.includes(field)) throw new IdinitError(`fields are ${FIELDS.join(", ")}, got ${show(field)}`);
  }
  const { name, role, activation, initializer } = entry;
  if (typeof name !== "string" || name === "") throw new IdinitError(`name must be a string, got ${show(name)}`);
  if (!ROLES.includes(role)) throw new IdinitError(`role must be one of ${ROLES.join(", ")}, got ${show(role)}`);
  if (activation !== undefined && !ACTIVATIONS.includes(activation)) {
    throw new IdinitError(`activation must be one of ${ACTIVATIONS.join(", ")}, got ${show(activation)}`);
  }
  if (initializer !== undefined && (typeof initializer !== "object" || initializer === null)) {
    throw new IdinitError(`initializer must be { name, params }, got ${show(initializer)}`);
  }
  return entry;
}

function planned(
  entry: ListEntry,
  options: PlanListOptions,
  initializers: Readonly<Record<string, Initializer>>,
): PlannedTensor {
  const { name, shape, role, initializer: record, ...how } = entry;
  const { layout, groups, transposed } = toCanonical(shape, how, "shape");
  const parts = how.parts ?? (role === "query-key-value" ? 3 : 1);
  const { scheme, activation, residual, branches } = options;
  const given = Object.hasOwn(initializers, name) ? initializers[name] : record && initializerOf(record);
  const facts = {
    ...(scheme && { scheme }),
    ...(activation && { activation }),
    ...(residual !== undefined && { residual }),
    ...(branches !== undefined && { branches }),
  };
  const initializer = given ?? choose(shape, { ...facts, ...how, role, key: name }).initializer;
  // One row tells what the initializer thinks of the shape.
  if (makesRowsAlone(initializer) && !(transposed && groups > 1)) {
    initializer.generate(shape, { layout, groups, parts, transposed, rows: [0, 1] });
  }
  return { name, shape, role, initializer, view: { shape, layout, groups, parts, transposed } };
}
