/** The gradient of a convolution by its weights as convolutions in blocks of samples. */
import { getInts, intAttribute, intsAttribute } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type BlockedGraph, type Four } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";

/** Values of the gradient that one convolution takes as its kernels: a megabyte, which second-level caches hold. */
const CACHED = 2 ** 18;

interface Sizes {
  readonly x: Four;
  readonly dy: Four;
  /** Samples of one convolution. */
  readonly samples: number;
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
    samples: samplesAtOnce(graph.block, dySizes),
    beside: dilations[1] === 1 ? whole : 1,
    kernel: list("kernel_shape"),
    strides: list("strides"),
    dilations,
    pads,
  };
  const output = node.outputs[0]!;
  const { beside, samples, strides } = sizes;
  const [batch, , high, wide] = dySizes;
  const kernels = gradientParts(graph, dy, sizes, output);
  const [top, bottom] = verticalPads(sizes);
  const attributes = [
    intsAttribute("kernel_shape", [high, wide]),
    intsAttribute("pads", [Math.max(top, 0), 0, Math.max(bottom, 0), 0]),
    intsAttribute("strides", [dilations[0], beside === 1 ? dilations[1] : 1]),
    intsAttribute("dilations", [strides[0], strides[1] * beside]),
    intAttribute("group", 1),
  ];
  const rows = rowsOf(graph, x, sizes, output);
  let sum: string | undefined;
  for (let part = 0; part < batch / samples; part++) {
    const inputs = [image(graph, rows, sizes, part, output), kernels(part), ...(sum === undefined ? [] : ["", sum])];
    sum = graph.add("Conv", inputs, `${output}/part_${part}`, attributes, BLOCKED_DOMAIN);
  }
  plainWeights(graph, sum!, sizes, output);
  return true;
};

/** From `[channels / beside, filters, kernel, beside]` in blocks of filters. */
function plainWeights(graph: BlockedGraph, sum: string, { x, dy, beside, kernel }: Sizes, output: string): void {
  const [channels, filters] = [x[1], dy[1]];
  const [groups, taps] = [channels / beside, kernel[0] * kernel[1]];
  const reorder = (value: string, count: number, name: string) =>
    graph.add("ReorderOutput", [value], name, [intAttribute("channels", count)], BLOCKED_DOMAIN);
  const transpose = (value: string, perm: number[], name: string) =>
    graph.add("Transpose", [value], name, [intsAttribute("perm", perm)]);
  const plain = reorder(sum, filters, `${output}/plain`);
  if (beside === graph.block) {
    // The runtime's reordering takes a small part of the time of a Transpose; then whole rows move.
    const lanes = graph.reshape(plain, [groups * filters, beside, taps, 1], `${output}/lanes`);
    const ordered = reorder(lanes, beside, `${output}/ordered`);
    const rows = graph.reshape(ordered, [groups, filters, beside * taps], `${output}/by_filter`);
    graph.reshape(transpose(rows, [1, 0, 2], `${output}/turned`), [filters, channels, ...kernel], output);
    return;
  }
  const parts = graph.reshape(plain, [groups, filters, taps, beside], `${output}/parts`);
  graph.reshape(transpose(parts, [1, 0, 3, 2], `${output}/turned`), [filters, channels, ...kernel], output);
}

/** As many blocks of samples as fit. */
function samplesAtOnce(block: number, [batch, filters, high, wide]: Four): number {
  const blocks = batch / block;
  const fits = (count: number) => count * block * filters * high * wide <= CACHED;
  for (let count = blocks; count > 1; count--) if (blocks % count === 0 && fits(count)) return count * block;
  return block;
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

/** Some of the samples with their padding at the sides: `[channels / beside, samples, high, wide beside]`, in blocks of samples. */
function image(graph: BlockedGraph, rows: string, sizes: Sizes, part: number, output: string): string {
  const { x, dy, samples, beside, kernel, strides, dilations, pads } = sizes;
  const [batch, channels] = x;
  const [top, bottom] = verticalPads(sizes).map((size) => Math.min(size, 0)) as [number, number];
  const high = x[2] + top + bottom;
  const wide = (dy[3] - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1;
  const right = wide - x[3] - pads[1];
  const groups = channels / beside;
  const name = `${output}/image_${part}`;
  const before = [-part * samples, 0, top, pads[1], 0];
  const after = [(part + 1) * samples - batch, 0, bottom, right, 0];
  const ends = [...before, ...after];
  // One pass that pads, cuts off and picks the samples.
  const padded = ends.every((size) => size === 0) ? rows : graph.add("Pad", [rows, graph.ints(ends)], `${name}/padded`);
  const values = high * wide * beside;
  let dims = [1, samples, groups * values, 1];
  let source = padded;
  if (groups > 1 && samples > graph.block) {
    const whole = graph.reshape(padded, [samples, groups, values], `${name}/whole`);
    source = graph.add("Transpose", [whole], `${name}/grouped`, [intsAttribute("perm", [1, 0, 2])]);
    dims = [groups, samples, values, 1];
  }
  const plain = graph.reshape(source, dims, `${name}/samples`);
  const blocked = graph.add("ReorderInput", [plain], `${name}/blocked`, [], BLOCKED_DOMAIN);
  return graph.reshape(blocked, [groups, samples, high, wide * beside], name);
}

/** Gives some samples of the gradient as kernels `[filters, samples, high, wide]` in blocks: whole blocks of filters move. */
function gradientParts(graph: BlockedGraph, dy: string, { dy: dims, samples }: Sizes, output: string) {
  const [batch, filters, high, wide] = dims;
  const { block } = graph;
  const count = batch / samples;
  const whole = graph.needBlocked(dy);
  const parts = count === 1 ? [whole] : Array.from({ length: count }, (_, part) => `${output}/gradient_${part}`);
  if (count > 1) {
    const lengths = graph.ints(new Array<number>(count).fill(samples));
    graph.addMany("Split", [whole, lengths], parts, [intAttribute("axis", 0)]);
  }
  return (part: number): string => {
    const name = `${output}/kernels_${part}`;
    const blocks = [samples / block, block, filters / block, high * wide, block];
    const split = graph.reshape(parts[part]!, blocks, `${name}/parts`);
    const turned = graph.add("Transpose", [split], `${name}/turned`, [intsAttribute("perm", [2, 0, 3, 1, 4])]);
    return graph.reshape(turned, [filters, samples, high, wide], name);
  };
}
