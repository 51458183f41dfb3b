/** Everything the analyses found about one network, put together once. */
import type { Branch } from "../branch.js";
import type { GraphNode } from "../graph.js";
import { findBranches } from "../residual.js";
import type { RoleOverrides } from "../undecided.js";
import type { Wiring } from "../wiring.js";
import { type Attention, findAttention } from "./attention.js";
import { findFirst, findHeads } from "./ends.js";
import type { Findings } from "./finding.js";
import { findGates } from "./gates.js";
import { findStacks, type Stack } from "./stacks.js";

/** Made by {@link analyse}. */
export interface Structure {
  readonly wiring: Wiring;
  /** Residual branches in forward order. */
  readonly branches: readonly Branch[];
  /** The branch that each last weight ends; the innermost one where several do. */
  readonly closes: ReadonlyMap<GraphNode, Branch>;
  /** The branch whose skip path holds each projection. */
  readonly shortcuts: ReadonlyMap<GraphNode, Branch>;
  readonly attention: Attention;
  /** Which half of an encoder-decoder each branch is in; empty where there are no halves. */
  readonly stacks: ReadonlyMap<Branch, Stack>;
  readonly gates: Findings;
  readonly first: ReadonlyMap<GraphNode, string>;
  readonly heads: ReadonlyMap<GraphNode, string>;
}

/** Runs every analysis. */
export function analyse(wiring: Wiring, overrides: RoleOverrides): Structure {
  const branches = findBranches(wiring, overrides);
  const joins = new Set(branches.map(({ join }) => join));
  const closes = new Map<GraphNode, Branch>();
  const shortcuts = new Map<GraphNode, Branch>();
  for (const branch of branches) {
    if (branch.shortcut !== undefined) shortcuts.set(branch.shortcut, branch);
    for (const node of branch.last) if (!closes.has(node)) closes.set(node, branch);
  }
  const attention = findAttention(wiring, joins, overrides);
  return {
    wiring,
    branches,
    closes,
    shortcuts,
    attention,
    stacks: findStacks(wiring, branches, attention),
    gates: findGates(wiring),
    first: findFirst(wiring),
    heads: findHeads(wiring, joins),
  };
}
