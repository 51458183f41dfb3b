/** Joins what brain.js's layers compute in several steps into the layer that it is: products, sums and biases. */
import type { GraphNode } from "@idinit/core/graph";

/**
 * Joins, where nothing else reads the parts:
 *
 * - W·x + b into one dense node
 * - W·x + U·h, h being the state of the time step before, into one recurrent node, and that + b too
 *
 * @param nodes In forward order; U·h is a recurrent node without an input kernel.
 */
export function joinSums(nodes: readonly GraphNode[]): GraphNode[] {
  const made = new Map<string, GraphNode>();
  const readers = new Map<string, number>();
  for (const { inputs } of nodes) for (const value of inputs) readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const node of nodes) {
    const parts = node.inputs.map((value) => (readers.get(value) === 1 ? made.get(value) : undefined));
    const joined = withBias(node, parts[0]) ?? withState(node, parts);
    if (joined !== undefined) for (const value of node.inputs) made.delete(value);
    made.set(node.name, joined ?? node);
  }
  return [...made.values()];
}

function withBias(node: GraphNode, product: GraphNode | undefined): GraphNode | undefined {
  const bias = node.slots?.shift;
  if (bias === undefined || product === undefined || product.slots?.bias !== undefined) return undefined;
  if (product.op !== "dense" && product.op !== "recurrent") return undefined;
  return { ...product, name: node.name, outputs: node.outputs, slots: { ...product.slots, bias } };
}

function withState(node: GraphNode, parts: readonly (GraphNode | undefined)[]): GraphNode | undefined {
  const product = parts.find((part) => part?.op === "dense");
  const state = parts.find((part) => part?.op === "recurrent");
  const kernel = product?.slots?.kernel;
  if (node.op !== "add" || product === undefined || state === undefined || kernel === undefined) return undefined;
  if (product.slots?.bias !== undefined || state.slots?.inputKernel !== undefined) return undefined;
  const slots = { ...state.slots, inputKernel: kernel };
  return { ...state, name: node.name, inputs: product.inputs, outputs: node.outputs, slots };
}
