/** Gradient of a convolution by its weights. */
import { range, reduce } from "../compose.js";
import type { ConvShape } from "./conv-shape.js";
import type { GradientCall } from "./rule.js";

const volume = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

export function convWeightGradient(call: GradientCall, shape: ConvShape): string {
  const swapped = call.forms.convWeights === "convolution" && shape.group === 1;
  return swapped ? byConvolution(call, shape) : byColumns(call, shape);
}

/**
 * dW = sum over samples of dY[n] columns[n]^T. The columns [channels x taps, positions] come from a convolution of
 * every channel with one-hot kernels, which onnxruntime does far faster than slicing and joining.
 */
function byColumns({ g, dy, node }: GradientCall, shape: ConvShape): string {
  const { group, channels, filters, kernel, output } = shape;
  const taps = volume(kernel);
  const positions = volume(output);
  const groups = group === 1 ? [] : [group];
  const columns = g.op("Reshape", [patches({ g, node }, shape), g.ints([-1, ...groups, (channels / group) * taps, positions])]);
  const rows = g.op("Reshape", [dy, g.ints([-1, ...groups, filters / group, positions])]);
  const last = groups.length + 1;
  const turned = g.op("Transpose", [columns], { perm: [...range(last), last + 1, last] });
  const perSample = g.op("MatMul", [rows, turned]);
  const summed = reduce(g, "ReduceSum", perSample, [0], 0);
  return g.op("Reshape", [summed, g.ints([filters, channels / group, ...kernel])]);
}

/** `[batch x channels, taps, ...output]`, or the input itself where the kernel is a single tap on every position. */
function patches({ g, node }: Pick<GradientCall, "g" | "node">, shape: ConvShape): string {
  const { kernel, strides, dilations, pads, input } = shape;
  const x = node.inputs[0]!;
  const taps = volume(kernel);
  if (taps === 1 && strides.every((s) => s === 1) && pads.every((p) => p === 0)) return x;
  const planes = g.op("Reshape", [x, g.ints([-1, 1, ...input])]);
  const oneHot = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) oneHot[tap * (taps + 1)] = 1;
  const kernels = g.floats([taps, 1, ...kernel], oneHot);
  return g.op("Conv", [planes, kernels], { kernel_shape: kernel, strides, dilations, pads });
}

/** dW[o, c] = X[c] * dY[o]: samples are the channels of this convolution, strides its dilations. */
function byConvolution({ g, dy, node }: GradientCall, shape: ConvShape): string {
  const { kernel, strides, dilations, pads, input, output } = shape;
  const rank = kernel.length;
  const swap = { perm: [1, 0, ...range(rank).map((i) => i + 2)] };
  const x = g.op("Transpose", [node.inputs[0]!], swap);
  const filters = g.op("Transpose", [dy], swap);
  // Input that no window reaches would add taps: the end padding is cut to what the kernel needs.
  const end = range(rank).map(
    (i) => (output[i]! - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 - input[i]! - pads[i]!,
  );
  const padding = [...pads.slice(0, rank), ...end.map((p) => Math.max(p, 0))];
  const cut = range(rank).filter((i) => end[i]! < 0);
  const used = cut.length === 0 ? x : g.op("Slice", [x, g.ints(cut.map(() => 0)), g.ints(cut.map((i) => end[i]!)), g.ints(cut.map((i) => i + 2))]);
  const result = g.op("Conv", [used, filters], { kernel_shape: output, strides: dilations, dilations: strides, pads: padding });
  return g.op("Transpose", [result], swap);
}
