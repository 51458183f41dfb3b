/** The role of a dense or conv kernel. */
import type { GraphNode } from "../graph.js";
import { type Finding, quote } from "./finding.js";
import type { Structure } from "./structure.js";

/**
 * The first of these that holds: part of attention, of a gate, a projection on a skip path, the end of a residual branch,
 * makes an output, reads an input, else hidden. A single layer that is both first and last is the head: no non-linearity
 * follows that a first layer would have to make up for.
 */
export function weightRole(
  { attention, gates, shortcuts, closes, heads, first }: Structure,
  node: GraphNode,
  parameter: string,
): Finding {
  const known = attention.roles.get(parameter) ?? gates.get(parameter);
  if (known !== undefined) return known;
  const skips = shortcuts.get(node);
  if (skips !== undefined) {
    return {
      role: "shortcut",
      reason: `the only weight on the skip path to the residual join ${quote(skips.join.name)}`,
    };
  }
  const closed = closes.get(node);
  if (closed !== undefined) {
    const among = closed.weights === 1 ? "only weight" : `last of ${closed.weights} weights`;
    return {
      role: "branch-last",
      reason: `${among} of the branch that ends in the residual join ${quote(closed.join.name)}`,
    };
  }
  const output = heads.get(node);
  if (output !== undefined) return { role: "head", reason: `last weight before the output ${quote(output)}` };
  const input = first.get(node);
  if (input !== undefined)
    return { role: "first", reason: `reads the input ${quote(input)} with no other weight before it` };
  return { role: "hidden", reason: "lies between other weights and ends no residual branch" };
}
