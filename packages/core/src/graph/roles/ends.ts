/** The network's two ends: weights that read its inputs and weights that make its outputs. */
import { signalSides } from "../gating.js";
import type { GraphNode } from "../graph.js";
import { isKernel, walkBack, walkForward } from "../walk.js";
import type { Wiring } from "../wiring.js";

/**
 * Kernels that read the network's inputs with no other weight before them, by node, with the input's name. A network that begins with
 * embeddings has none; a patch embedding is one.
 */
export function findFirst(wiring: Wiring): ReadonlyMap<GraphNode, string> {
  const found = new Map<GraphNode, string>();
  const weighted = new Map<GraphNode, boolean>();
  for (const node of wiring.nodes) {
    const makers = node.inputs.map((input) => wiring.maker(input));
    const after = makers.some((maker) => maker !== undefined && weighted.get(maker)!);
    weighted.set(node, after || wiring.isWeighted(node));
    if (after || !isKernel(wiring, node)) continue;
    const input = wiring.graph.inputs.find((name) => node.inputs.some((value) => wiring.dependsOn(value, name)));
    if (input !== undefined) found.set(node, input);
  }
  return found;
}

/**
 * Kernels that make the network's outputs, by node, with the output's name: the nearest behind each output, if no other weight reads
 * what they make (a value shown on the side makes no head). What a residual join makes has no head.
 */
export function findHeads(wiring: Wiring, joins: ReadonlySet<GraphNode>): ReadonlyMap<GraphNode, string> {
  const found = new Map<GraphNode, string>();
  for (const output of wiring.graph.outputs) {
    walkBack(wiring, [output], (node) => {
      if (joins.has(node)) return [];
      if (wiring.isWeighted(node)) {
        if (!feedsWeights(wiring, node) && !found.has(node)) found.set(node, output);
        return [];
      }
      return (node.op === "mul" && signalSides(wiring, node)) || wiring.data(node);
    });
  }
  return found;
}

function feedsWeights(wiring: Wiring, start: GraphNode): boolean {
  let found = false;
  walkForward(wiring, start, (node) => {
    if (wiring.isWeighted(node)) found = true;
    return !found;
  });
  return found;
}
