/** The gradient of a convolution by its weights as convolutions in blocks of samples. */
import { getInts, intAttribute, intsAttribute } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type BlockedGraph, type Four } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";

/** Values of the gradient that one convolution takes as its kernels: a megabyte, which second-level caches hold. */
const CACHED = 2 ** 18;

interface Sizes {
  readonly x: Four;
  readonly dy: Four;
  /** Groups of samples, each a group of the convolution: what passes the kernels together stays in caches. */
  readonly parts: number;
  /** Channels that lie side by side in a row of the image; the others are its samples. */
  readonly beside: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
}

/**
 * `ConvWeightGradient`: dW[c, o] = sum over samples of X[c] * dY[o]. The samples are this convolution's channels, strides its
 * dilations, and dY its kernels. A row of the image holds several channels, position by position, so that one
 * row of the result is their width of the kernel: the registers of onnxruntime's kernels fill.
 */
export const weightGradient: BlockedLowering = (graph, node) => {
  if (node.opType !== "ConvWeightGradient") return false;
  const [x, dy] = node.inputs as [string, string];
  const [xSizes, dySizes] = [graph.sizesOf(x)!, graph.sizesOf(dy)!];
  const list = (name: string) => getInts(node, name) as unknown as [number, number];
  const channels = xSizes[1];
  const dilations = list("dilations");
  const pads = list("pads") as unknown as Sizes["pads"];
  const whole = channels % graph.block === 0 ? graph.block : channels;
  const sizes: Sizes = {
    x: xSizes,
    dy: dySizes,
    parts: partsOf(graph.block, dySizes),
    beside: dilations[1] === 1 ? whole : 1,
    kernel: list("kernel_shape"),
    strides: list("strides"),
    dilations,
    pads,
  };
  const output = node.outputs[0]!;
  const [top, bottom] = verticalPads(sizes);
  const attributes = [
    intsAttribute("kernel_shape", [dySizes[2], dySizes[3]]),
    intsAttribute("pads", [Math.max(top, 0), 0, Math.max(bottom, 0), 0]),
    intsAttribute("strides", [dilations[0], sizes.beside === 1 ? dilations[1] : 1]),
    intsAttribute("dilations", [sizes.strides[0], sizes.strides[1] * sizes.beside]),
    intAttribute("group", sizes.parts),
  ];
  const inputs = [image(graph, x, sizes, output), kernels(graph, dy, sizes, output)];
  const products = graph.add("Conv", inputs, `${output}/products`, attributes, BLOCKED_DOMAIN);
  plainWeights(graph, products, sizes, output);
  return true;
};

/** From `[channels / beside, parts filters, kernel, beside]` in blocks of filters. */
function plainWeights(graph: BlockedGraph, products: string, sizes: Sizes, output: string): void {
  const { x, dy, beside, kernel, parts } = sizes;
  const [channels, filters] = [x[1], dy[1]];
  const [groups, taps] = [channels / beside, kernel[0] * kernel[1]];
  const reorder = (value: string, count: number, name: string) =>
    graph.add("ReorderOutput", [value], name, [intAttribute("channels", count)], BLOCKED_DOMAIN);
  const transpose = (value: string, perm: number[], name: string) =>
    graph.add("Transpose", [value], name, [intsAttribute("perm", perm)]);
  const all = graph.reshape(
    reorder(products, parts * filters, `${output}/plain`),
    [groups, parts, filters * taps * beside],
    `${output}/parts`,
  );
  const keep = [intAttribute("keepdims", 0)];
  const sum = parts === 1 ? all : graph.add("ReduceSum", [all, graph.ints([1])], `${output}/sum`, keep);
  if (beside === graph.block) {
    // The runtime's reordering takes a small part of the time of a Transpose; then whole rows move.
    const lanes = graph.reshape(sum, [groups * filters, beside, taps, 1], `${output}/lanes`);
    const ordered = reorder(lanes, beside, `${output}/ordered`);
    const rows = graph.reshape(ordered, [groups, filters, beside * taps], `${output}/by_filter`);
    graph.reshape(transpose(rows, [1, 0, 2], `${output}/turned`), [filters, channels, ...kernel], output);
    return;
  }
  const lanes = graph.reshape(sum, [groups, filters, taps, beside], `${output}/lanes`);
  graph.reshape(transpose(lanes, [1, 0, 3, 2], `${output}/turned`), [filters, channels, ...kernel], output);
}

/** Groups of as many blocks of samples as fit. */
function partsOf(block: number, [batch, filters, high, wide]: Four): number {
  const blocks = batch / block;
  const fits = (count: number) => count * block * filters * high * wide <= CACHED;
  for (let count = blocks; count > 1; count--) if (blocks % count === 0 && fits(count)) return blocks / count;
  return blocks;
}

/** Pads above and below; negative where no window reaches the image's rows. */
function verticalPads({ x, dy, kernel, strides, dilations, pads }: Sizes): readonly [number, number] {
  const reached = (dy[2] - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1;
  return [pads[0], reached - x[2] - pads[0]];
}

/** `[batch, channels / beside, high, wide, beside]` */
function rowsOf(
  graph: BlockedGraph,
  x: string,
  { x: [batch, channels, high, wide], beside }: Sizes,
  name: string,
): string {
  const dims = [batch, channels / beside, high, wide, beside];
  if (channels % graph.block === 0 && beside > 1) return graph.reshape(graph.needBlocked(x), dims, `${name}/rows`);
  graph.needPlain(x);
  if (beside === 1) return graph.reshape(x, dims, `${name}/rows`);
  const last = graph.add("Transpose", [x], `${name}/last`, [intsAttribute("perm", [0, 2, 3, 1])]);
  return graph.reshape(last, dims, `${name}/rows`);
}

/** The samples with their padding at the sides: `[channels / beside, batch, high, wide beside]`, in blocks of samples. */
function image(graph: BlockedGraph, x: string, sizes: Sizes, output: string): string {
  const { x: given, dy, beside, kernel, strides, dilations, pads } = sizes;
  const [batch, channels] = given;
  const rows = rowsOf(graph, x, sizes, output);
  const [top, bottom] = verticalPads(sizes).map((size) => Math.min(size, 0)) as [number, number];
  const high = given[2] + top + bottom;
  const wide = (dy[3] - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1;
  const right = wide - given[3] - pads[1];
  const groups = channels / beside;
  const ends = [0, 0, top, pads[1], 0, 0, 0, bottom, right, 0];
  const needless = ends.every((size) => size === 0);
  const padded = needless ? rows : graph.add("Pad", [rows, graph.ints(ends)], `${output}/padded`);
  const values = high * wide * beside;
  const whole = graph.reshape(padded, [batch, groups, values], `${output}/whole`);
  const perm = [intsAttribute("perm", [1, 0, 2])];
  const grouped = groups === 1 ? whole : graph.add("Transpose", [whole], `${output}/grouped`, perm);
  const samples = graph.reshape(grouped, [groups, batch, values, 1], `${output}/samples`);
  const blocked = graph.add("ReorderInput", [samples], `${output}/image_blocks`, [], BLOCKED_DOMAIN);
  return graph.reshape(blocked, [groups, batch, high, wide * beside], `${output}/image`);
}

/** The gradient as kernels `[parts filters, batch / parts, high, wide]` in blocks: whole blocks of filters move. */
function kernels(graph: BlockedGraph, dy: string, { dy: dims, parts }: Sizes, output: string): string {
  const [batch, filters, high, wide] = dims;
  const { block } = graph;
  const split = [parts, batch / parts / block, block, filters / block, high * wide, block];
  const blocks = graph.reshape(graph.needBlocked(dy), split, `${output}/gradient`);
  const perm = [intsAttribute("perm", [0, 3, 1, 4, 2, 5])];
  const turned = graph.add("Transpose", [blocks], `${output}/turned_gradient`, perm);
  return graph.reshape(turned, [parts * filters, batch / parts, high, wide], `${output}/kernels`);
}
