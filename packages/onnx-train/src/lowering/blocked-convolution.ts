/** A convolution over whole blocks of channels. */
import { type Attribute, getInt, getInts, getString, intAttribute, intsAttribute } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type BlockedGraph, type Four } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";
import { type WideImage, wideImage } from "./fold-batch.js";

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
  const wideImages = dense ? wideImage(node, graph.dimsOf) : undefined;
  if (wideImages) {
    sideBySide(graph, wideImages, [x, weights, ...(bias ? [bias] : [])], node.outputs[0]!, attributes);
    return true;
  }
  const inputs = [image ? x : graph.needBlocked(x), weights, ...(bias ? [bias] : [])];
  graph.add("Conv", inputs, graph.giveBlocked(node.outputs[0]!), attributes, BLOCKED_DOMAIN);
  return true;
};

/** Samples next to each other, zeros after each; the convolution; and back. All of that moves blocks. */
function sideBySide(
  graph: BlockedGraph,
  { from, to, pitch, changed }: WideImage,
  [x, ...weights]: readonly string[],
  y: string,
  given: readonly Attribute[],
): void {
  const { block } = graph;
  const [batch, depth, high, wide] = from;
  const [, filters, rows, columns] = to;
  const step = (opType: string, inputs: string[], name: string, attributes: Attribute[] = []) =>
    graph.add(opType, inputs, `folded/${y}/${name}`, attributes);
  const perm = (...order: number[]) => [intsAttribute("perm", order)];
  const parts = graph.reshape(graph.needBlocked(x!), [batch, depth / block, high, wide, block], `folded/${y}/samples`);
  const beside = step("Transpose", [parts], "beside", perm(1, 2, 0, 3, 4));
  const gap = [0, 0, 0, 0, 0, 0, 0, 0, pitch.from - wide, 0];
  const spaced = pitch.from === wide ? beside : step("Pad", [beside, graph.ints(gap)], "spaced");
  const image = graph.reshape(spaced, [1, depth, high, batch * pitch.from], `folded/${y}/image`);
  const names = new Set(changed.map(({ name }) => name));
  const attributes = [...given.filter(({ name }) => !names.has(name)), ...changed];
  const convolved = graph.add("Conv", [image, ...weights], `folded/${y}/convolved`, attributes, BLOCKED_DOMAIN);
  const split = graph.reshape(convolved, [filters / block, rows, batch, pitch.to, block], `folded/${y}/parts`);
  const bounds = () => [[0], [columns], [3]].map((value) => graph.ints(value));
  const cut = pitch.to === columns ? split : step("Slice", [split, ...bounds()], "cut");
  const back = step("Transpose", [cut], "back", perm(2, 0, 1, 3, 4));
  graph.reshape(back, [batch, filters, rows, columns], graph.giveBlocked(y));
}

const denseName = (w: string) => `${w}/blocked-dense`;

/**
 * `TurnedWeights`: from `[filters, channels, ...]` to `[phases channels, filters, ...kernel_shape]`, with the `taps` given for
 * each phase, -1 for one that is zero. The runtime's reordering turns each block; all else moves blocks.
 */
export const turnedWeights: BlockedLowering = (graph, node) => {
  if (node.opType !== "TurnedWeights") return false;
  const [w, turned] = [node.inputs[0]!, node.outputs[0]!];
  const [filters, channels, high, wide] = graph.sizesOf(w)!;
  const dims = graph.sizesOf(turned)!;
  const { block } = graph;
  const [from, to, given] = [filters / block, channels / block, high * wide];
  const taps = getInts(node, "taps")!;
  const phases = dims[0] / channels;
  const step = (opType: string, inputs: string[], name: string, attributes: Attribute[]) =>
    graph.add(opType, inputs, `${turned}/${name}`, attributes);
  // Each block of the forward weights turned by itself.
  const forward = blockedWeights(graph, w, [filters, channels, high, wide], true);
  const squares = graph.reshape(forward, [from * to * given, block, block, 1], `${turned}/squares`);
  const flipped = graph.add("ReorderInput", [squares], `${turned}/flipped`, [], BLOCKED_DOMAIN);
  const blocks = graph.reshape(flipped, [from, to, given, block ** 2], `${turned}/given`);
  const zero = taps.includes(-1) ? step("Pad", [blocks, graph.ints([0, 0, 0, 0, 0, 0, 1, 0])], "zero", []) : blocks;
  const order = graph.ints(taps.map((tap) => (tap === -1 ? given : tap)));
  const chosen = step("Gather", [zero, order], "chosen", [intAttribute("axis", 2)]);
  const values = (taps.length / phases) * block ** 2;
  const parts = graph.reshape(chosen, [from, to, phases, values], `${turned}/phases`);
  const swapped = step("Transpose", [parts], "swapped", [intsAttribute("perm", [2, 1, 0, 3])]);
  graph.once(denseName(turned), () => graph.reshape(swapped, dims, denseName(turned)));
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
