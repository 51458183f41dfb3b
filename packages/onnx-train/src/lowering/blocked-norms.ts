/** Batch norm, and what else is one number for each channel, in blocks. */
import { getFloat, getInt, intAttribute, intsAttribute, type OnnxNode } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type BlockedGraph, type Four } from "./blocked-graph.js";

/** A lowering of one node; `false` leaves it to others. */
export type BlockedLowering = (graph: BlockedGraph, node: OnnxNode) => boolean;

const windowless = (kernel: readonly number[], group: number) => [
  intsAttribute("kernel_shape", [...kernel]),
  intsAttribute("pads", [0, 0, 0, 0]),
  intsAttribute("strides", [1, 1]),
  intsAttribute("dilations", [1, 1]),
  intAttribute("group", group),
];

/** factor x + shift for each channel, of blocks: a convolution of one tap in which each channel is a group. */
function affine(graph: BlockedGraph, blocked: string, channels: number, factor: string, shift: string, output: string) {
  const weights = graph.once(`${factor}/taps`, () => graph.reshape(factor, [channels, 1, 1, 1], `${factor}/taps`));
  return graph.add("Conv", [blocked, weights, shift], output, windowless([1, 1], channels), BLOCKED_DOMAIN);
}

/** The mean over positions, `[batch, channels]`. */
function means(graph: BlockedGraph, x: string, [batch, channels]: Four, name: string): string {
  const pooled = graph.add("GlobalAveragePool", [graph.needBlocked(x)], `${name}/pooled`, [], BLOCKED_DOMAIN);
  return graph.reshape(pooled, [batch, channels], `${name}/means`);
}

/** sum over positions of a b, `[batch, channels]`: a convolution of the one with the other in which each plane is a group. */
function planeProducts(graph: BlockedGraph, a: string, b: string, dims: Four, name: string): string {
  const [batch, channels, high, wide] = dims;
  const planes = batch * channels;
  const image = graph.reshape(a, [1, planes, high, wide], `${name}/image`);
  const kernels = graph.reshape(b, [planes, 1, high, wide], `${name}/kernels`);
  const attributes = windowless([high, wide], planes);
  const products = graph.add("Conv", [image, kernels], `${name}/products`, attributes, BLOCKED_DOMAIN);
  return graph.reshape(products, [batch, channels], `${name}/rows`);
}

/** scale times the sum over the batch of `[batch, channels]`. */
function sumOverBatch(graph: BlockedGraph, rows: string, scale: number, output: string): string {
  const attributes = [intAttribute("keepdims", 0)];
  if (scale === 1) return graph.add("ReduceSum", [rows, graph.ints([0])], output, attributes);
  const summed = graph.add("ReduceSum", [rows, graph.ints([0])], `${output}/summed`, attributes);
  return graph.add("Mul", [summed, graph.filled(scale)], output);
}

/** x - mean in blocks: the norm and its gradient have it in common. */
function centred(graph: BlockedGraph, x: string, mean: string, channels: number): string {
  return graph.once(`${x} - ${mean}`, () => {
    const shift = graph.add("Neg", [mean], `${x}/blocked/shift`);
    const ones = graph.filled(1, channels);
    return affine(graph, graph.needBlocked(x), channels, ones, shift, `${x}/blocked/centred`);
  });
}

/** scale / sqrt(variance + epsilon) */
function normFactor(graph: BlockedGraph, scale: string, variance: string, epsilon: number, name: string): string {
  const sum = graph.add("Add", [variance, graph.filled(epsilon)], `${name}/variance`);
  const inverse = graph.add("Reciprocal", [graph.add("Sqrt", [sum], `${name}/deviation`)], `${name}/inverse`);
  return graph.add("Mul", [scale, inverse], `${name}/factor`);
}

/** Batch norm of blocks, in training with its batch's mean and population variance as further outputs. */
export const blockedNorm: BlockedLowering = (graph, node) => {
  const [x, scale, shift, mean, variance] = node.inputs as [string, string, string, string, string];
  const dims = graph.sizesOf(x);
  if (node.opType !== "BatchNormalization" || !graph.hasBlocks(x) || !dims) return false;
  for (const input of node.inputs.slice(1)) graph.needPlain(input);
  const [batch, channels, high, wide] = dims;
  const epsilon = getFloat(node, "epsilon", 1e-5);
  const [y, batchMean, batchVariance] = node.outputs as [string, string?, string?];
  if (getInt(node, "training_mode", 0) === 0) {
    const factor = normFactor(graph, scale, variance, epsilon, y);
    const moved = graph.add("Mul", [mean, factor], `${y}/moved`);
    const rest = graph.add("Sub", [shift, moved], `${y}/shift`);
    affine(graph, graph.needBlocked(x), channels, factor, rest, graph.giveBlocked(y));
    return true;
  }
  if (!batchMean || !batchVariance || getFloat(node, "momentum", 0.9) !== 0) return false;
  sumOverBatch(graph, means(graph, x, dims, batchMean), 1 / batch, batchMean);
  const difference = centred(graph, x, batchMean, channels);
  const squares = planeProducts(graph, difference, difference, dims, batchVariance);
  sumOverBatch(graph, squares, 1 / (batch * high * wide), batchVariance);
  const factor = normFactor(graph, scale, batchVariance, epsilon, y);
  affine(graph, difference, channels, factor, shift, graph.giveBlocked(y));
  return true;
};

/** x + v, x - v and v x with a vector v of one number for each channel. */
export const blockedVector: BlockedLowering = (graph, { opType, inputs, outputs }) => {
  if (!["Add", "Sub", "Mul"].includes(opType)) return false;
  const turned = opType !== "Sub" && !graph.hasBlocks(inputs[0]!);
  const [x, stretched] = (turned ? [inputs[1], inputs[0]] : inputs) as [string, string];
  const channels = graph.dimsOf(x)?.[1];
  const isVector = graph.dimsOf(stretched)?.join() === `${channels},1,1`;
  if (!graph.hasBlocks(x) || !isVector || typeof channels !== "number") return false;
  const vector = graph.vectorOf(stretched);
  const output = outputs[0]!;
  if (opType === "Sub") {
    graph.giveBlocked(output, centred(graph, x, vector, channels));
  } else {
    const [factor, shift] =
      opType === "Mul" ? [vector, graph.filled(0, channels)] : [graph.filled(1, channels), vector];
    affine(graph, graph.needBlocked(x), channels, factor, shift, graph.giveBlocked(output));
  }
  return true;
};

/** The mean over all positions; a single position lies in blocks as it does in the plain layout. */
export const blockedPool: BlockedLowering = (graph, node) => {
  const [x] = node.inputs as [string];
  if (node.opType !== "GlobalAveragePool" || !graph.hasBlocks(x)) return false;
  graph.add("GlobalAveragePool", [graph.needBlocked(x)], node.outputs[0]!, [], BLOCKED_DOMAIN);
  return true;
};

/** Sums over batch and positions, of a value or of the product of two: `ChannelSums` and `ChannelProducts`. */
export const channelSums: BlockedLowering = (graph, { opType, inputs, outputs }) => {
  const [a, b] = inputs as [string, string];
  const dims = graph.sizesOf(a)!;
  const output = outputs[0]!;
  if (opType === "ChannelSums") sumOverBatch(graph, means(graph, a, dims, output), dims[2] * dims[3], output);
  else if (opType === "ChannelProducts") {
    sumOverBatch(graph, planeProducts(graph, graph.needBlocked(a), graph.needBlocked(b), dims, output), 1, output);
  } else return false;
  return true;
};
