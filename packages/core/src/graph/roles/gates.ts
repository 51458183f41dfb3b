/** Weights that make gates: squeeze-and-excitation and mixture-of-experts routers. */
import { isPooling, isSquashed } from "../gating.js";
import type { GraphNode } from "../graph.js";
import { isKernel, walkBack, walkForward, weightNames, weightsBehind } from "../walk.js";
import type { Wiring } from "../wiring.js";
import { type Finding, type Findings, quote } from "./finding.js";

/** A gate is made of few layers; a longer path behind a product is a network of its own. */
const MOST_GATE_LAYERS = 4;

/**
 * Squeeze-and-excitation: a product with a squashed value that is computed from the pooled signal itself. Router: the weight
 * behind a softmax whose parts multiply the outputs of different weights (experts).
 */
export function findGates(wiring: Wiring): Findings {
  const findings = new Map<string, Finding>();
  const gated = new Map<GraphNode, Set<string>>();
  for (const node of wiring.nodes) {
    const [a, b] = wiring.data(node);
    if (node.op !== "mul" || a === undefined || b === undefined) continue;
    for (const [gate, signal] of [
      [a, b],
      [b, a],
    ] as const) {
      if (!isSquashed(wiring, gate)) continue;
      const layers = excitation(wiring, gate, signal);
      if (layers !== undefined) {
        const reason = `makes, from the pooled signal, the gate that ${quote(node.name)} multiplies the signal by`;
        for (const name of weightNames(layers)) findings.set(name, { role: "squeeze-excite", reason });
      } else if (!isSquashed(wiring, signal)) {
        const softmax = softmaxBehind(wiring, gate);
        const experts = weightNames(weightsBehind(wiring, signal)).join("\n");
        if (softmax !== undefined) gated.set(softmax, new Set([...(gated.get(softmax) ?? []), experts]));
      }
    }
  }
  for (const [softmax, experts] of gated) {
    if (experts.size < 2 || feedsMatmul(wiring, softmax)) continue;
    const reason = `its softmax ${quote(softmax.name)} weighs the outputs of ${experts.size} experts`;
    for (const name of weightNames(weightsBehind(wiring, softmax.inputs[0]!)))
      findings.set(name, { role: "router", reason });
  }
  return findings;
}

/** The layers between a gate and the pooled signal; undefined if the gate is made in another way. */
function excitation(wiring: Wiring, gate: string, signal: string): Set<GraphNode> | undefined {
  const layers = new Set<GraphNode>();
  let pooled = false;
  let other = false;
  walkBack(wiring, [gate], (node) => {
    if (isPooling(node)) {
      if (wiring.dependsOn(signal, node.inputs[0]!)) pooled = true;
      else other = true;
      return [];
    }
    if (isKernel(wiring, node)) layers.add(node);
    const ends = node.op === "matmul" || node.op === "embedding" || node.op === "recurrent";
    const fed = wiring.data(node).some((input) => wiring.maker(input) === undefined);
    if (ends || fed) other = true;
    return ends || layers.size > MOST_GATE_LAYERS ? [] : wiring.data(node);
  });
  return pooled && !other && layers.size > 0 && layers.size <= MOST_GATE_LAYERS ? layers : undefined;
}

const PART_PATH: readonly string[] = ["move", "slice", "split", "gather", "mul", "div", "reduce", "add"];

/** The softmax of which a gate is a part, possibly chosen (top-k) and normalized. */
function softmaxBehind(wiring: Wiring, gate: string): GraphNode | undefined {
  let found: GraphNode | undefined;
  walkBack(wiring, [gate], (node) => {
    if (node.op === "softmax") found = node;
    const bare = node.op === "opaque" && !wiring.isWeighted(node);
    return PART_PATH.includes(node.op) || bare ? wiring.data(node) : [];
  });
  return found;
}

/** Whether the softmax is that of attention. */
function feedsMatmul(wiring: Wiring, softmax: GraphNode): boolean {
  let found = false;
  walkForward(wiring, softmax, (node) => {
    if (node.op === "matmul") found = true;
    return node.op === "move";
  });
  return found;
}
