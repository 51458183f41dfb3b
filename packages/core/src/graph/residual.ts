/** Residual branches: which additions join a skip path with a branch that carries weights. */
import { type Branch, closeBranch } from "./branch.js";
import type { GraphNode } from "./graph.js";
import { type Candidate, skipPath } from "./skip.js";
import { type RoleOverrides, undecided } from "./undecided.js";
import { weightNames } from "./walk.js";
import type { Wiring } from "./wiring.js";

/**
 * Finds the residual branches of a network, in forward order.
 *
 * An `add` of two values is a residual join if one of them, the skip, reaches by identity, pooling, padding, cutting or
 * norms, or through one projection, a value that the other one, the branch, is computed from, and if the branch has
 * weights. It is none if the branch's output is used elsewhere too (a hierarchical sum), or if the branch samples up and the skip does
 * not (a long skip of an encoder-decoder). Concatenations are no joins.
 *
 * @throws {IdinitError} where both sides are projections that nothing tells apart, and where a branch ends in a product
 * of two values of which either could be the gate.
 */
export function findBranches(wiring: Wiring, overrides: RoleOverrides = {}): readonly Branch[] {
  const joins = new Map<GraphNode, Branch>();
  for (const node of wiring.nodes) {
    const [a, b, ...rest] = wiring.data(node);
    if (node.op !== "add" || a === undefined || b === undefined || rest.length > 0 || a === b) continue;
    const candidates = [candidate(wiring, a, b, joins), candidate(wiring, b, a, joins)];
    const chosen = choose(node, candidates, overrides);
    const branch = chosen && closeBranch(wiring, node, chosen, joins, overrides);
    if (branch !== undefined) joins.set(node, branch);
  }
  return [...joins.values()];
}

function candidate(
  wiring: Wiring,
  skip: string,
  end: string,
  joins: ReadonlyMap<GraphNode, Branch>,
): Candidate | undefined {
  const step = skipPath(wiring, skip, joins).find(({ value }) => wiring.dependsOn(end, value));
  return step && { skip, end, step };
}

function choose(
  node: GraphNode,
  [a, b]: readonly (Candidate | undefined)[],
  overrides: RoleOverrides,
): Candidate | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [p, q] = [a.step.projection, b.step.projection];
  if (p === undefined && q === undefined) return a.step.path.length <= b.step.path.length ? a : b;
  if (p === undefined || q === undefined) return p === undefined ? a : b;
  return chooseProjection(node, a, b, p, q, overrides);
}

function chooseProjection(
  node: GraphNode,
  a: Candidate,
  b: Candidate,
  p: GraphNode,
  q: GraphNode,
  overrides: RoleOverrides,
): Candidate | undefined {
  const [first = "", second = ""] = [p, q].map((kernel) => weightNames([kernel])[0]);
  if (overrides[first] === "shortcut" || overrides[second] === "branch-last") return a;
  if (overrides[second] === "shortcut" || overrides[first] === "branch-last") return b;
  if (overrides[first] !== undefined || overrides[second] !== undefined) return undefined;
  // A shortcut is the smaller kernel, and the one without a non-linearity.
  const sizes = [kernelSize(p), kernelSize(q)] as const;
  if (sizes[0] !== sizes[1]) return sizes[0] < sizes[1] ? a : b;
  if (a.step.activated !== b.step.activated) return a.step.activated ? b : a;
  return undecided(
    `${JSON.stringify(first)} and ${JSON.stringify(second)} are added (node ${JSON.stringify(node.name)}), and either could be ` +
      'the "shortcut" and the other "branch-last"; "hidden" for both if the sum is no residual one',
    { [first]: "shortcut" },
  );
}

function kernelSize({ attributes }: GraphNode): number {
  const size = attributes?.kernelSize ?? 1;
  return Array.isArray(size) ? size.reduce((product: number, one) => product * Number(one), 1) : Number(size);
}
