/** `If`: exporters write it where a dimension is unknown. The branch that would run, as far as the structure tells. */
import { IdinitError } from "@idinit/core";
import { getGraph, nodeLabel, type OnnxGraph, type OnnxNode } from "@idinit/onnx";
import type { Lowering } from "./context.js";
import { literal } from "./literal.js";
import { numbers } from "./rearrange.js";
import type { Value } from "./values.js";

/** Operations that only rearrange: two branches of nothing else lead to the same place. */
const MOVES: ReadonlySet<string> = new Set([
  "Squeeze",
  "Unsqueeze",
  "Identity",
  "Reshape",
  "Flatten",
  "Transpose",
  "Cast",
  "Expand",
  "Constant",
  "Shape",
  "Gather",
  "Concat",
]);

/** @throws IdinitError where both branches compute something and the condition is known only at run time. */
function chooseBranch(node: OnnxNode, condition: Value | undefined): OnnxGraph {
  const yes = getGraph(node, "then_branch");
  const no = getGraph(node, "else_branch");
  if (!yes || !no) throw new IdinitError(`onnx: node ${nodeLabel(node)} lacks a branch`);
  const known = numbers(condition)?.[0];
  if (known !== undefined) return known ? yes : no;
  const moves = (graph: OnnxGraph) => graph.nodes.every(({ opType }) => MOVES.has(opType));
  if (moves(yes) && moves(no)) return yes;
  throw new IdinitError(
    `onnx: node ${nodeLabel(node)} chooses between two computations by a condition that only running the model tells; ` +
      "export the model with fixed shapes",
  );
}

/** Lowers the chosen branch in place and binds the node's outputs to the branch's. */
export function conditional(
  context: Lowering,
  node: OnnxNode,
  condition: Value | undefined,
  lower: (inner: OnnxNode) => void,
): void {
  const branch = chooseBranch(node, condition);
  for (const tensor of branch.initializers) context.set(tensor.name, literal(tensor));
  for (const inner of branch.nodes) lower(inner);
  for (const [i, { name }] of branch.outputs.entries()) {
    const output = node.outputs[i];
    const value = context.value(name, node);
    if (value.kind !== "data") context.set(output, value);
    else if (output) context.move({ ...node, name: "", outputs: [output] }, value, value.shape, value.channels);
  }
}
