/** Blocks that lie in the channels of each position, one for each place: `DepthToSpace` moves them as a whole. */
import { getInt, getString, intsAttribute } from "@idinit/onnx";
import { addBlocked } from "./blocked-elementwise.js";
import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";

export const blockedDepthToSpace: BlockedLowering = (graph, node) => {
  const [x] = node.inputs as [string];
  const dims = graph.sizesOf(x);
  const size = getInt(node, "blocksize", 1);
  if (node.opType !== "DepthToSpace" || !graph.hasBlocks(x) || !dims) return false;
  if (dims[1] % (size ** 2 * graph.block) !== 0 || getString(node, "mode", "DCR") !== "DCR") return false;
  postpone(graph, x, node.outputs[0]!, size);
  return true;
};

/** The sum of two such values is that of their channels, and moved once. */
export const blockedDepthSum: BlockedLowering = (graph, { opType, inputs, outputs }) => {
  if (opType !== "Add" || inputs[0] === inputs[1]) return false;
  const sources = inputs.map((input) => graph.sourceOf(input));
  const [a, b] = sources;
  if (!a || !b || graph.dimsOf(a)?.join() !== graph.dimsOf(b)?.join()) return false;
  for (const input of inputs) graph.drop(input);
  const output = outputs[0]!;
  const sum = `${output}/channels`;
  addBlocked(graph, [a, b], sum);
  postpone(graph, sum, output, Math.sqrt(graph.sizesOf(a)![1] / graph.sizesOf(output)![1]));
  return true;
};

function postpone(graph: BlockedGraph, x: string, output: string, size: number): void {
  const [batch, channels, high, wide] = graph.sizesOf(output)!;
  graph.postpone(output, x, () => {
    const name = graph.giveBlocked(output);
    const { block } = graph;
    const blocks = graph.needBlocked(x);
    const split = [batch, size, size, channels / block, high / size, wide / size, block];
    const parts = graph.reshape(blocks, split, `${name}/parts`);
    const perm = [intsAttribute("perm", [0, 3, 4, 1, 5, 2, 6])];
    const moved = graph.add("Transpose", [parts], `${name}/moved`, perm);
    graph.reshape(moved, [batch, channels, high, wide], name);
  });
}
