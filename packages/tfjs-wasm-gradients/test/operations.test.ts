/** Forward and backward passes of the operations that networks are made of, on both backends. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { expectSame, noise, runOn, type Value } from "./backends.js";

const positive = ({ shape, values }: Value): Value => ({ shape, values: values.map((value) => Math.abs(value) + 0.3) });
const ids = (values: number[], shape = [values.length]) => tf.tensor(values, shape, "int32");
const a = noise([2, 3, 4, 5], 3);
const image = noise([1, 3, 3, 2], 4);
const classes = () => tf.oneHot(ids([0, 2, 1, 1]), 3);

// biome-ignore lint/suspicious/noExplicitAny: each operation takes tensors of its own ranks.
type Compute = (...inputs: any[]) => tf.Tensor;

const activations = ["elu", "erf", "leakyRelu", "logSigmoid", "relu", "relu6", "selu", "sigmoid", "softplus", "tanh"];
const functions = ["abs", "exp", "expm1", "neg", "square", "sin", "cos", "softmax", "logSoftmax"];
const onPositive = ["log", "log1p", "reciprocal", "rsqrt", "sqrt"];
const pairs = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "squaredDifference", "prelu"];
const reductions = ["sum", "mean", "max", "min", "logSumExp"];
const named = (name: string, ...more: unknown[]): Compute => {
  const operation = (tf as unknown as Record<string, (...args: unknown[]) => tf.Tensor>)[name]!;
  return (...inputs) => operation(...inputs, ...more);
};

const cases: readonly (readonly [string, readonly Value[], Compute])[] = [
  ...[...activations, ...functions].map((name) => [name, [noise([3, 5], 1)], named(name)] as const),
  ...onPositive.map((name) => [name, [positive(noise([3, 5], 1))], named(name)] as const),
  ...pairs.map((name) => [name, [positive(noise([3, 5], 1)), positive(noise([3, 5], 2))], named(name)] as const),
  ...["add", "sub", "mul", "div"].map(
    (name) => [`${name} of a vector`, [a, positive(noise([5], 2))], named(name)] as const,
  ),
  ...reductions.flatMap((name) => [0, 1, -1].map((axis) => [`${name} over ${axis}`, [a], named(name, axis)] as const)),
  ["mean of all", [a], (x) => tf.mean(x)],
  ["norm", [a], (x) => tf.norm(x, "euclidean", 1)],
  ["cumsum", [a], (x) => tf.cumsum(x, 3)],
  ["concat", [noise([2, 3], 1), noise([2, 4], 2)], (...parts) => tf.concat(parts, 1)],
  ["stack", [noise([2, 3], 1), noise([2, 3], 2)], (...parts) => tf.stack(parts, 1)],
  ["unstack", [a], (x) => tf.mul(...(tf.unstack(x, 0) as [tf.Tensor, tf.Tensor]))],
  ["split", [a], (x) => tf.add(...(tf.split(x, [2, 2], 2).map(tf.square) as [tf.Tensor, tf.Tensor]))],
  ["slice", [a], (x) => tf.slice(x, [0, 1, 1, 2], [2, 2, 3, 1])],
  ["pad", [a], (x) => tf.pad(x, [[0, 1], [2, 0], [1, 1], [0, 3]], 0.5)], // biome-ignore format: one case a line
  ["mirrorPad", [a], (x) => tf.mirrorPad(x, [[0, 1], [1, 0], [1, 1], [0, 2]], "reflect")], // biome-ignore format: one case a line
  ["tile", [a], (x) => tf.tile(x, [2, 1, 3, 2])],
  ["broadcastTo", [noise([3, 1], 1)], (x) => tf.broadcastTo(x, [2, 3, 4])],
  ["reverse", [a], (x) => tf.reverse(x, [1, 3])],
  ["transpose", [a], (x) => tf.transpose(x, [2, 0, 3, 1])],
  ["clipByValue", [a], (x) => tf.clipByValue(x, -0.5, 0.5)],
  ["where", [a, noise(a.shape, 9)], (x, y) => tf.where(tf.greater(tf.tensor(a.values, [...a.shape]), 0), x, y)],
  ["gather", [noise([5, 4], 1)], (x) => tf.gather(x, ids([3, 0, 3, 1], [2, 2]))],
  ["gather of columns", [noise([5, 4], 1)], (x) => tf.gather(x, ids([3, 0, 3, 1], [2, 2]), 1)],
  ["softmaxCrossEntropy", [noise([4, 3], 1)], (x) => tf.losses.softmaxCrossEntropy(classes(), x)],
  ["sigmoidCrossEntropy", [noise([4, 3], 1)], (x) => tf.losses.sigmoidCrossEntropy(classes(), x)],
  ["huberLoss", [noise([4, 3], 1), noise([4, 3], 2)], (x, y) => tf.losses.huberLoss(x, y)],
  [
    "batchNorm",
    [a, noise([5], 1), positive(noise([5], 2)), noise([5], 4), noise([5], 5)],
    (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
  ],
  ["layer norm", [a], (x) => tf.div(tf.sub(x, tf.mean(x, -1, true)), tf.sqrt(tf.moments(x, -1, true).variance))],
  ["localResponseNormalization", [a], (x) => tf.localResponseNormalization(x, 2, 1, 1, 0.5)],
  ["resizeBilinear", [image], (x) => tf.image.resizeBilinear(x, [7, 7])],
  ["resizeNearestNeighbor", [image], (x) => tf.image.resizeNearestNeighbor(x, [6, 6])],
  ["spaceToBatchND", [noise([1, 4, 4, 2], 1)], (x) => tf.spaceToBatchND(x, [2, 2], [[0, 0], [0, 0]])], // biome-ignore format: one case a line
  ["conv1d", [noise([2, 7, 3], 1), noise([3, 3, 4], 2)], (x, w) => tf.conv1d(x, w, 2, "same")],
  [
    "conv2dTranspose",
    [noise([2, 4, 4, 3], 1), noise([3, 3, 2, 3], 2)],
    (x, w) => tf.conv2dTranspose(x, w, [2, 8, 8, 2], 2, "same"),
  ],
  [
    "separableConv2d",
    [noise([2, 6, 6, 3], 1), noise([3, 3, 3, 2], 2), noise([1, 1, 6, 4], 3)],
    (x, depthwise, pointwise) => tf.separableConv2d(x, depthwise, pointwise, 2, "same"),
  ],
  ["avgPool", [noise([1, 6, 6, 2], 1)], (x) => tf.avgPool(x, 2, 2, "valid")],
  ["maxPool", [noise([1, 5, 5, 2], 1)], (x) => tf.maxPool(x, 3, 2, "same")],
  ["maxPool of one", [noise([1, 6, 6, 2], 1)], (x) => tf.maxPool(x, 1, 2, "valid")],
  ["maxPool3d", [noise([1, 4, 4, 4, 2], 1)], (x) => tf.maxPool3d(x, 2, 2, "valid")],
  ["avgPool3d", [noise([1, 4, 4, 4, 2], 1)], (x) => tf.avgPool3d(x, 2, 2, "valid")],
  ["matMul of batches", [noise([2, 3, 4], 1), noise([2, 4, 5], 2)], (x, y) => tf.matMul(x, y)],
  [
    "fused conv2d",
    [noise([2, 6, 6, 3], 1), noise([3, 3, 3, 4], 2), noise([4], 3)],
    (x, filter, bias) => tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias, activation: "relu" }),
  ],
  [
    "fused depthwiseConv2d",
    [noise([2, 6, 6, 3], 1), noise([3, 3, 3, 1], 2), noise([3], 3)],
    (x, filter, bias) => tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: "same", bias, activation: "relu" }),
  ],
  [
    "fused matMul",
    [noise([2, 6], 1), noise([6, 3], 2), noise([3], 3)],
    (x, w, bias) => tf.fused.matMul({ a: x, b: w, bias, activation: "elu" }),
  ],
];

describe("values and gradients of", () => {
  it.each(cases)("%s are the cpu backend's", async (_name, inputs, compute) => {
    // Weights that differ, so that no gradient cancels.
    const objective = (...tensors: tf.Tensor[]) => {
      const y = compute(...tensors);
      const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape))) as tf.Scalar;
    };
    await expectSame(inputs, (...tensors) => tf.tidy(() => tf.mul(compute(...tensors), 1)));
    await expectSame(inputs, (...tensors) => tf.tidy(() => tf.grads(objective)(tensors)));
  });
});

describe("along a negative axis", () => {
  it.each([
    ["cumsum", tf.cumsum],
    ["cumprod", tf.cumprod],
  ] as const)("%s is the one along the axis counted from the front", async (_name, cumulative) => {
    const [back] = await runOn("wasm", [a], (x) => cumulative(x!, -1, true, true));
    const [front] = await runOn("cpu", [a], (x) => cumulative(x!, 3, true, true));
    back!.values.forEach((value, i) => {
      expect(value).toBeCloseTo(front!.values[i]!, 5);
    });
  });
});
