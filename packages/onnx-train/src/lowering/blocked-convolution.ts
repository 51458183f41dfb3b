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

/** `[filters / block, depth / block, high, wide, block of depth, block of filters]`; the depth is whole where it is not dense. */
function blockedWeights(graph: BlockedGraph, w: string, dims: Four, dense: boolean): string {
  const name = `${w}/blocked-${dense ? "dense" : "whole"}`;
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
