/** The non-linearity behind a weight, and the one that a network has most. */
import { ACTIVATIONS, type Activation, type GraphNode } from "../graph.js";
import { walkForward } from "../walk.js";
import type { Wiring } from "../wiring.js";

const PASSED: readonly string[] = [
  "norm",
  "move",
  "shift",
  "scale",
  "pool",
  "pad",
  "slice",
  "split",
  "add",
  "sub",
  "mul",
  "concat",
  "upsample",
  "gather",
];

/** The first non-linearity that a node's result meets before any other weight; `"linear"` if it meets none. */
export function activationBehind(wiring: Wiring, start: GraphNode): Activation {
  let first: GraphNode | undefined;
  walkForward(wiring, start, (node) => {
    const found = node.op === "activation" || node.op === "softmax";
    if (found && (first === undefined || wiring.order(node) < wiring.order(first))) first = node;
    return !found && PASSED.includes(node.op);
  });
  if (first === undefined) return "linear";
  if (first.op === "softmax") return "softmax";
  return ACTIVATIONS.find((kind) => kind === first?.attributes?.kind) ?? "other";
}

/** The commonest of the given non-linearities, the earlier one where two are as common; `"linear"` if there is no other. */
export function mostCommon(activations: Iterable<Activation>): Activation {
  const counts = new Map<Activation, number>();
  for (const kind of activations) {
    if (kind !== "linear" && kind !== "softmax") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  let best: Activation = "linear";
  for (const [kind, count] of counts) if (count > (counts.get(best) ?? 0)) best = kind;
  return best;
}
