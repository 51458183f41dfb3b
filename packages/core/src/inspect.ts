/** What an initialization would do, parameter by parameter, and why. */
import { type Adapter, checkAdapter } from "./adapter.js";
import { checkObject, IdinitError, show } from "./errors.js";
import type { Graph } from "./graph/graph.js";
import type { Role } from "./graph/site.js";
import type { Json } from "./initializer.js";
import { type PlanOptions, plan } from "./plan.js";

/** One parameter. */
export interface Inspection {
  readonly parameter: string;
  /** `"unused"` where no node uses it: it is left alone. */
  readonly role: Role | "unused";
  /** Shape as stored. */
  readonly shape: readonly number[];
  /** What the scheme picks, or `"leave"`. */
  readonly initializer: { readonly name: string; readonly params: Readonly<Record<string, Json>> } | "leave";
  /** Why this role, in one sentence. */
  readonly reason: string;
  /** The node that uses the parameter, if any. */
  readonly node?: string;
}

/**
 * Lists every parameter of a graph with its role, the reason for it and the initializer that the scheme picks, in the order of
 * `graph.parameters`. Plain data; nothing is generated.
 *
 * @throws {IdinitError} as {@link initialize} does.
 * @example console.log(formatInspection(inspect(graph, { scheme: "idinit" })))
 */
export function inspect(graph: Graph, options: PlanOptions = {}): readonly Inspection[] {
  const entries = new Map(plan(graph, options).map((entry) => [entry.site.parameter, entry]));
  return graph.parameters.map(({ name: parameter, shape }): Inspection => {
    const entry = entries.get(parameter);
    if (entry === undefined)
      return { parameter, role: "unused", shape, initializer: "leave", reason: "not used by any node" };
    const { site, pick } = entry;
    const initializer = pick === "leave" ? pick : { name: pick.name, params: pick.params };
    return { parameter, role: site.role, shape, initializer, reason: site.reason, node: site.node };
  });
}

/** {@link inspect} for a framework's model, with its present values. */
export function inspectModel<Model, Written>(
  adapter: Adapter<Model, Written>,
  model: Model,
  options: Omit<PlanOptions, "present"> = {},
): readonly Inspection[] {
  checkAdapter(adapter);
  checkObject("inspect", "options", options);
  return inspect(adapter.toGraph(model), { ...options, present: adapter.read(model) });
}

/** An inspection as a text table: parameter, shape, role, initializer, reason. */
export function formatInspection(inspection: readonly Inspection[]): string {
  if (!Array.isArray(inspection)) {
    throw new IdinitError(`formatInspection: inspection must be an array, got ${show(inspection)}`);
  }
  const rows = [
    ["parameter", "shape", "role", "initializer", "reason"],
    ...inspection.map(({ parameter, shape, role, initializer, reason }) => [
      parameter,
      `[${shape.join(", ")}]`,
      role,
      initializer === "leave" ? "leave" : call(initializer),
      reason,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function call({ name, params }: Exclude<Inspection["initializer"], "leave">): string {
  const list = Object.entries(params).map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${name}(${list.join(", ")})`;
}
