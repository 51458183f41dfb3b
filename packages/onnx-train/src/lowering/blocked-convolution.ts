/** A convolution over whole blocks of channels. */
import { getInt, getInts, getString, intAttribute, intsAttribute } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type BlockedGraph, type Four } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";

export const blockedConvolution: BlockedLowering = (graph, node) => {
  if (node.opType !== "Conv" || getString(node, "auto_pad", "NOTSET") !== "NOTSET") return false;
  const [x, w, bias] = node.inputs as [string, string, string?];
  const dims = graph.sizesOf(w);
  if (!dims) return false;
  const [filters, depth, high, wide] = dims;
  const group = getInt(node, "group", 1);
  const { block } = graph;
  const dense = group === 1 && depth % block === 0;
  // An image of few channels is read as it is. A single one is what the one-hot kernels of weight gradients have.
  const image = group === 1 && depth > 1 && depth < block;
  const depthwise = depth === 1 && group > 1 && group === filters;
  if (filters % block !== 0 || !(dense || image || depthwise)) return false;
  if (bias) graph.needPlain(bias);
  if (image) graph.needPlain(x);
  const weights = blockedWeights(graph, w, dims, dense);
  const attributes = [
    intsAttribute("kernel_shape", [high, wide]),
    intsAttribute("pads", getInts(node, "pads") ?? [0, 0, 0, 0]),
    intsAttribute("strides", getInts(node, "strides") ?? [1, 1]),
    intsAttribute("dilations", getInts(node, "dilations") ?? [1, 1]),
    intAttribute("group", group),
  ];
  const inputs = [image ? x : graph.needBlocked(x), weights, ...(bias ? [bias] : [])];
  graph.add("Conv", inputs, graph.giveBlocked(node.outputs[0]!), attributes, BLOCKED_DOMAIN);
  return true;
};

const denseName = (w: string) => `${w}/blocked-dense`;

/**
 * `TurnedWeights`: those of the convolution that is the gradient by the input, `[channels, filters, ...kernel reversed]`. The
 * runtime's reordering turns single values; all else moves blocks.
 */
export const turnedWeights: BlockedLowering = (graph, { opType, inputs, outputs }) => {
  if (opType !== "TurnedWeights") return false;
  const [w, turned] = [inputs[0]!, outputs[0]!];
  const [filters, channels, high, wide] = graph.sizesOf(w)!;
  const { block } = graph;
  const [from, to, taps] = [filters / block, channels / block, high * wide];
  const reorder = (value: string, name: string) => graph.add("ReorderInput", [value], name, [], BLOCKED_DOMAIN);
  graph.needPlain(w);
  graph.once(denseName(turned), () => {
    const rows = graph.reshape(w, [1, filters, channels * taps, 1], `${turned}/rows`);
    const deep = graph.reshape(reorder(rows, `${turned}/deep`), [from, channels, taps * block, 1], `${turned}/columns`);
    const blocks = graph.reshape(reorder(deep, `${turned}/blocks`), [from, to, taps, block ** 2], `${turned}/taps`);
    const last = [[-1], [-(2 ** 31)], [2], [-1]].map((value) => graph.ints(value));
    const reversed = taps === 1 ? blocks : graph.add("Slice", [blocks, ...last], `${turned}/reversed`);
    const swapped = graph.add("Transpose", [reversed], `${turned}/swapped`, [intsAttribute("perm", [1, 0, 2, 3])]);
    return graph.reshape(swapped, [channels, filters, high, wide], denseName(turned));
  });
  return true;
};

/** `[filters / block, depth / block, high, wide, block of depth, block of filters]`; the depth is whole where it is not dense. */
function blockedWeights(graph: BlockedGraph, w: string, dims: Four, dense: boolean): string {
  const name = dense ? denseName(w) : `${w}/blocked-whole`;
  return graph.once(name, () => {
    graph.needPlain(w);
    const { block } = graph;
    const [filters, depth, high, wide] = dims;
    // The runtime's reordering, first of the depth and then of the filters, takes a third of the time of a Transpose.
    const deep = dense ? graph.add("ReorderInput", [w], `${name}/deep`, [], BLOCKED_DOMAIN) : w;
    const parts = graph.reshape(deep, [filters / block, block, depth * high * wide, 1], `${name}/parts`);
    const turned = graph.add("ReorderInput", [parts], `${name}/turned`, [], BLOCKED_DOMAIN);
    return graph.reshape(turned, dims, name);
  });
}
