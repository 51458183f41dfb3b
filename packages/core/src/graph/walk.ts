/** Walks over the graph that several analyses share. */
import type { GraphNode } from "./graph.js";
import type { Wiring } from "./wiring.js";

/** The nearest weighted nodes behind a value, whatever lies between. */
export function weightsBehind(wiring: Wiring, value: string): Set<GraphNode> {
  const found = new Set<GraphNode>();
  walkBack(wiring, [value], (node) => {
    if (!wiring.isWeighted(node)) return wiring.data(node);
    found.add(node);
    return [];
  });
  return found;
}

/** Visits each node behind `values` once; `next` says which of its values to follow. */
export function walkBack(
  wiring: Wiring,
  values: readonly string[],
  next: (node: GraphNode, value: string) => readonly string[],
): void {
  const seen = new Set<GraphNode>();
  const pending = [...values];
  while (pending.length > 0) {
    const value = pending.pop()!;
    const node = wiring.maker(value);
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    pending.push(...next(node, value));
  }
}

/** Visits each node that reads something of `start`, directly or not, once; goes on behind a node where `goOn` says so. */
export function walkForward(
  wiring: Wiring,
  start: GraphNode,
  goOn: (node: GraphNode, from: GraphNode) => boolean,
): void {
  const seen = new Set<GraphNode>();
  const pending = [start];
  while (pending.length > 0) {
    const from = pending.pop()!;
    for (const node of wiring.readers(from)) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (goOn(node, from)) pending.push(node);
    }
  }
}

/** The nodes whose kernels do the mixing: every weighted node but embeddings. */
export function isKernel(wiring: Wiring, node: GraphNode): boolean {
  return wiring.isWeighted(node) && node.slots?.table === undefined;
}

/** Names of the weights of a node, for messages and overrides. */
export function weightNames(nodes: Iterable<GraphNode>): string[] {
  const names = new Set<string>();
  for (const { slots = {} } of nodes) {
    for (const slot of ["kernel", "inputKernel", "recurrentKernel", "table", "other"] as const) {
      if (slots[slot] !== undefined) names.add(slots[slot].parameter);
    }
  }
  return [...names];
}
