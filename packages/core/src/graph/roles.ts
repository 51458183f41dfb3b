/** Role inference: from a graph to the site of each parameter. */
import { checkObject, IdinitError, show } from "../errors.js";
import type { Graph } from "./graph.js";
import { mostCommon } from "./roles/activation.js";
import { parameterRole } from "./roles/parameter.js";
import { activationOf, describeSite } from "./roles/site.js";
import { countStacks } from "./roles/stacks.js";
import { analyse } from "./roles/structure.js";
import { ROLES, type Site } from "./site.js";
import type { RoleOverrides } from "./undecided.js";
import { type Wiring, wire } from "./wiring.js";

/** Options of {@link inferRoles}. */
export interface RoleOptions {
  /** Roles given by hand, by parameter name; they win over what the structure says. */
  readonly roles?: RoleOverrides;
  /** Values that the model has, by parameter name. Used to see whether a branch's gate is shut. */
  readonly present?: ReadonlyMap<string, Float32Array>;
}

/**
 * Finds what each parameter is for, from the graph's structure alone: names are never looked at.
 *
 * Every parameter that a node uses has one site, in the order of `graph.parameters`; one that no node uses has none.
 *
 * @throws {IdinitError} for an invalid graph (see {@link validate}), for a role given for an unknown parameter, and for
 * whatever cannot be decided: the message names the parameter, its possible roles and the `roles` entry that decides.
 * @example inferRoles(graph).map(({ parameter, role, reason }) => `${parameter}: ${role}, ${reason}`)
 */
export function inferRoles(graph: Graph, options: RoleOptions = {}): readonly Site[] {
  checkObject("roles", "options", options);
  const { roles = {}, present } = options;
  checkObject("roles", "roles", roles);
  const wiring = wire(graph);
  checkOverrides(wiring, roles);
  const structure = analyse(wiring, roles);
  const used = graph.parameters.flatMap(({ name }) => {
    const uses = wiring.uses.get(name);
    return uses === undefined ? [] : [{ name, uses, finding: parameterRole(structure, name, uses, roles) }];
  });
  const activations = used.flatMap(({ uses, finding: { role } }) =>
    role === "squeeze-excite" || role === "router"
      ? []
      : uses.filter(({ slot }) => slot === "kernel").map(({ node }) => activationOf(structure, node)),
  );
  const branches = structure.branches.length;
  const network = {
    residual: branches > 0 || used.some(({ finding: { role } }) => role === "branch-last"),
    activation: mostCommon(activations),
    branches,
    ...(structure.stacks.size > 0 && { stacks: countStacks(structure.stacks.values()) }),
  };
  const roleOf = new Map(used.map(({ name, finding: { role } }) => [name, role]));
  return used.map(({ name, uses, finding }) => {
    const site = describeSite(structure, name, uses, finding, network, present);
    const kernel = uses[0]!.node.slots?.kernel;
    return kernel === undefined ? site : { ...site, kernelRole: roleOf.get(kernel.parameter)! };
  });
}

function checkOverrides(wiring: Wiring, roles: RoleOverrides): void {
  for (const [parameter, role] of Object.entries(roles)) {
    if (!wiring.parameters.has(parameter)) {
      throw new IdinitError(
        `roles: no parameter is called ${show(parameter)}; there are ${list(wiring.parameters.keys())}`,
      );
    }
    if (!wiring.uses.has(parameter)) throw new IdinitError(`roles: no node uses parameter ${show(parameter)}`);
    if (!ROLES.includes(role)) {
      throw new IdinitError(
        `roles: role must be one of ${ROLES.join(", ")}, got ${show(role)} (parameter ${show(parameter)})`,
      );
    }
  }
}

function list(names: Iterable<string>): string {
  const all = [...names];
  return all.slice(0, 8).map(show).join(", ") + (all.length > 8 ? ` and ${all.length - 8} more` : "");
}
