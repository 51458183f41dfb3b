/** The roles of a graph as one plain object. */
import type { Role } from "@idinit/core";
import { type Graph, inferRoles, type RoleOptions } from "@idinit/core/graph";

/** Roles by parameter, without biases and norms; `*` marks what closes a branch, `/n` what has n parts. */
export function weightRoles(graph: Graph, options: RoleOptions = {}): Record<string, string> {
  const minor: readonly Role[] = ["bias", "norm-scale", "norm-shift"];
  return Object.fromEntries(
    inferRoles(graph, options)
      .filter(({ role }) => !minor.includes(role))
      .map(({ parameter, role, closesBranch, parts }) => [
        parameter,
        role + (closesBranch && role !== "branch-last" ? "*" : "") + (parts > 1 ? `/${parts}` : ""),
      ]),
  );
}
