/** One role for one parameter, however many nodes use it. */
import { type RoleOverrides, undecided } from "../undecided.js";
import { isMatrix, type PlacedUse } from "../wiring.js";
import { type Finding, quote } from "./finding.js";
import type { Structure } from "./structure.js";
import { slotRole } from "./vector.js";
import { weightRole } from "./weight.js";

/**
 * The role of a parameter: the one given by hand, else the one that all its uses agree on.
 *
 * @throws {IdinitError} where the uses differ or an operation that core does not know uses a matrix.
 */
export function parameterRole(
  structure: Structure,
  parameter: string,
  uses: readonly PlacedUse[],
  overrides: RoleOverrides,
): Finding {
  const given = overrides[parameter];
  if (given !== undefined) {
    const parts = structure.attention.roles.get(parameter)?.parts ?? (given === "query-key-value" ? 3 : undefined);
    return { role: given, reason: "given by the caller", ...(parts && given === "query-key-value" ? { parts } : {}) };
  }
  const findings = uses.map((use) => useRole(structure, use));
  const roles = [...new Set(findings.map(({ role }) => role))];
  const [first] = findings;
  if (roles.length === 1) {
    const times = new Set(uses.map(({ node }) => node)).size;
    return times === 1 ? first! : { ...first!, reason: `${first!.reason}; ${times} nodes share it` };
  }
  const table = uses.find(({ slot }) => slot === "table");
  const kernel = uses.find(({ slot }) => slot === "kernel");
  if (table !== undefined && kernel !== undefined && uses.every(({ slot }) => slot === "table" || slot === "kernel")) {
    const reason = `table of node ${quote(table.node.name)} and kernel of node ${quote(kernel.node.name)}`;
    return { role: "tied-head", reason };
  }
  const where = uses.map(({ node }, i) => `${findings[i]!.role} in node ${quote(node.name)}`);
  return undecided(`${quote(parameter)} is shared and has several roles: ${where.join(", ")}`, {
    [parameter]: roles[0]!,
  });
}

function useRole(structure: Structure, { node, slot, use: { parameter } }: PlacedUse): Finding {
  if (node.op === "opaque") return opaqueRole(structure, node.name, node.attributes?.opType, parameter);
  if (slot === "kernel") return weightRole(structure, node, parameter);
  if (slot === "other")
    return { role: "other", reason: `a parameter of node ${quote(node.name)} whose use is not known` };
  return slotRole(structure, node, slot, parameter);
}

function opaqueRole(structure: Structure, node: string, opType: unknown, parameter: string): Finding {
  const operation = typeof opType === "string" ? `operation ${opType}` : "operation";
  const { dtype = "float32", ...stored } = structure.wiring.parameters.get(parameter)!;
  if (isMatrix({ dtype, ...stored }) && dtype.startsWith("float")) {
    undecided(
      `${quote(parameter)} is used by an ${operation} (node ${quote(node)}) that core does not know, so it could be a ` +
        '"hidden", "head", "branch-last", "embedding" or other weight',
      { [parameter]: "hidden" },
    );
  }
  return { role: "other", reason: `a vector in an ${operation} (node ${quote(node)}) that core does not know` };
}
