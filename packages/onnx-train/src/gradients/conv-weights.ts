/** Gradient of a convolution by its weights, in three forms. */
import type { AttributeInput } from "@idinit/onnx";
import { range, reduce } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { ConvShape } from "./conv-shape.js";
import type { GradientCall } from "./rule.js";

type Form = (call: GradientCall, shape: ConvShape) => string;

const volume = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

export function convWeightGradient(call: GradientCall, shape: ConvShape): string {
  const { group, kernel, strides } = shape;
  const wanted = call.forms.convWeights;
  const canCross = group === 1 && kernel.length === 2 && kernel.every((k) => k > 1) && strides.every((s) => s === 1);
  if (wanted === "convolution" && group === 1) return byConvolution(call, shape);
  if (wanted === "auto" && group === 1 && fillsBlocks(call, shape)) return inBlocks(call, shape);
  if (wanted !== "columns" && wanted !== "convolution" && canCross) return crossed(call, shape);
  return byColumns(call, shape);
}

/** Whether samples and filters fill blocks: then `blockChannels` writes out the gradient. */
function fillsBlocks({ g, dy, channelBlock: block }: GradientCall, { filters, kernel }: ConvShape): boolean {
  const batch = g.dimsOf(dy)[0]!;
  if (block === 0 || kernel.length !== 2 || typeof batch !== "number") return false;
  return batch % block === 0 && filters % block === 0;
}

const inBlocks: Form = ({ g, dy, node }, { channels, filters, kernel, strides, dilations, pads }) =>
  g.blockedOp("ConvWeightGradient", [node.inputs[0]!, dy], { kernel_shape: kernel, strides, dilations, pads }, [
    filters,
    channels,
    ...kernel,
  ]);

/**
 * dW = sum over samples of columns[n] dY[n]^T. The columns [channels x taps, positions] come from a convolution of
 * every channel with one-hot kernels, which onnxruntime does faster than slicing and joining.
 */
const byColumns: Form = ({ g, dy, node }, shape) => {
  const { group, channels, filters, kernel, output } = shape;
  const positions = volume(output);
  const depth = (channels / group) * volume(kernel);
  const columns = patches(g, node.inputs[0]!, shape);
  if (group === 1) {
    const product = summedProducts(g, columns, dy, [depth, filters, positions]);
    const turned = g.op("Transpose", [product], { perm: [1, 0] });
    return g.op("Reshape", [turned, g.ints([filters, channels, ...kernel])]);
  }
  const left = g.op("Reshape", [columns, g.ints([-1, group, depth, positions])]);
  const rows = g.op("Reshape", [dy, g.ints([-1, group, filters / group, positions])]);
  const perSample = g.op("MatMul", [left, g.op("Transpose", [rows], { perm: [0, 1, 3, 2] })]);
  const summed = g.op("Transpose", [reduce(g, "ReduceSum", perSample, [0], 0)], { perm: [0, 2, 1] });
  return g.op("Reshape", [summed, g.ints([filters, channels / group, ...kernel])]);
};

/**
 * The sum over samples of A[n] B[n]^T, A and B being `[batch, rows, positions]`: of one product each, or, where that would be
 * larger than both, one product over all samples.
 */
function summedProducts(g: TrainingGraph, a: string, b: string, [left, right, positions]: [number, number, number]) {
  const rows = (value: string, count: number) => g.op("Reshape", [value, g.ints([-1, count, positions])]);
  const [one, other] = [rows(a, left), rows(b, right)];
  if (left * right > (left + right) * positions) {
    const joined = (value: string, count: number) =>
      g.op("Reshape", [g.op("Transpose", [value], { perm: [1, 0, 2] }), g.ints([count, -1])]);
    return g.op("Gemm", [joined(one, left), joined(other, right)], { transB: 1 });
  }
  const perSample = g.op("MatMul", [one, g.op("Transpose", [other], { perm: [0, 2, 1] })]);
  return reduce(g, "ReduceSum", perSample, [0], 0);
}

/** `[batch x channels, taps, ...output]`, or the input itself where the kernel is a single tap on every position. */
function patches(g: TrainingGraph, x: string, shape: ConvShape): string {
  const { kernel, strides, dilations, pads, input } = shape;
  const taps = volume(kernel);
  if (taps === 1 && strides.every((s) => s === 1) && pads.every((p) => p === 0)) return x;
  const planes = g.op("Reshape", [x, g.ints([-1, 1, ...input])]);
  return g.op("Conv", [planes, oneHot(g, kernel)], { kernel_shape: kernel, strides, dilations, pads });
}

/** One kernel per tap, `[taps, 1, ...kernel]`; in reverse order where asked. */
function oneHot(g: TrainingGraph, kernel: readonly number[], reverse = false): string {
  const taps = volume(kernel);
  const values = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) values[tap * taps + (reverse ? taps - 1 - tap : tap)] = 1;
  return g.floats([taps, 1, ...kernel], values);
}

/**
 * dW[o, c, i, j] = sum over rows r and columns s of X[c, r, s + j] dY[o, r - i, s]: the shift along the width is made
 * on the input, the one along the height on the gradient. Both are copied once per tap of one axis instead of the input
 * once per tap of both, and the products [channels x width taps] by [filters x height taps] are nearer to square.
 */
const crossed: Form = ({ g, dy, node }, shape) => {
  const { channels, filters, kernel, dilations, pads, input, output } = shape;
  const [high, wide] = kernel as [number, number];
  const [downward, sideways] = dilations as [number, number];
  const reach = (high - 1) * downward;
  const positions = (output[0]! + reach) * output[1]!;
  const shifted = (
    x: string,
    sizes: readonly number[],
    window: number[],
    reverse: boolean,
    attributes: AttributeInput,
  ) => {
    const planes = g.op("Reshape", [x, g.ints([-1, 1, ...sizes])]);
    return g.op("Conv", [planes, oneHot(g, window, reverse)], { kernel_shape: window, ...attributes });
  };
  const left = shifted(node.inputs[0]!, input, [1, wide], false, { dilations: [1, sideways], pads });
  const right = shifted(dy, output, [high, 1], true, { dilations: [downward, 1], pads: [reach, 0, reach, 0] });
  const product = summedProducts(g, left, right, [channels * wide, filters * high, positions]);
  const summed = g.op("Reshape", [product, g.ints([channels, wide, filters, high])]);
  return g.op("Transpose", [summed], { perm: [2, 0, 3, 1] });
};

/** dW[o, c] = X[c] * dY[o]: samples are the channels of this convolution, strides its dilations. */
const byConvolution: Form = ({ g, dy, node }, shape) => {
  const { kernel, strides, dilations, pads, input, output } = shape;
  const rank = kernel.length;
  // Batch and channels, or filters and channels, in each other's place.
  const swap = { perm: [1, 0, ...range(rank).map((i) => i + 2)] };
  const x = g.op("Transpose", [node.inputs[0]!], swap);
  const filters = g.op("Transpose", [dy], swap);
  // Input that no window reaches would add taps: the end padding is cut to what the kernel needs.
  const end = range(rank).map(
    (i) => (output[i]! - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 - input[i]! - pads[i]!,
  );
  const padding = [...pads.slice(0, rank), ...end.map((p) => Math.max(p, 0))];
  const cut = range(rank).filter((i) => end[i]! < 0);
  const bounds = () => [g.ints(cut.map(() => 0)), g.ints(cut.map((i) => end[i]!)), g.ints(cut.map((i) => i + 2))];
  const used = cut.length === 0 ? x : g.op("Slice", [x, ...bounds()]);
  const attributes = { kernel_shape: output, strides: dilations, dilations: strides, pads: padding };
  return g.op("Transpose", [g.op("Conv", [used, filters], attributes)], swap);
};
