/** Small networks of each kind, trained with tf.train's optimizers on both backends: the losses are the same. */
import * as tf from "@tensorflow/tfjs";
import { setBackend } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { noise } from "./backends.js";

const { layers } = tf;
type Symbolic = tf.SymbolicTensor;

/** Applies layers one after the other. */
const through = (x: Symbolic, ...chain: tf.layers.Layer[]) => chain.reduce((y, layer) => layer.apply(y) as Symbolic, x);

function cnn(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [8, 8, 2], activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: "same", activation: "elu" }),
      layers.separableConv2d({ filters: 6, kernelSize: 3, strides: 2, padding: "same" }),
      layers.averagePooling2d({ poolSize: 2, strides: 1 }),
      layers.flatten(),
      layers.dropout({ rate: 0 }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
}

function resnet(): tf.LayersModel {
  const conv = (filters: number, strides: number, kernelSize = 3) =>
    layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false });
  const norm = () => layers.batchNormalization();
  const image = tf.input({ shape: [8, 8, 2] });
  const x = through(image, conv(4, 1), norm(), layers.reLU());
  const branch = through(x, conv(6, 2), norm(), layers.reLU(), conv(6, 1), norm());
  const sum = layers.add().apply([branch, through(x, conv(6, 2, 1), norm())]) as Symbolic;
  const outputs = through(sum, layers.reLU(), layers.globalAveragePooling2d({}), layers.dense({ units: 3, activation: "softmax" })); // biome-ignore format: a chain
  return tf.model({ inputs: image, outputs });
}

function unet(): tf.LayersModel {
  const conv = (filters: number) => layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" });
  const image = tf.input({ shape: [8, 8, 2] });
  const wide = through(image, conv(3));
  const narrow = through(wide, layers.maxPooling2d({ poolSize: 2 }), conv(4));
  const up = through(narrow, layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }));
  const both = layers.concatenate().apply([wide, up]) as Symbolic;
  const outputs = through(both, conv(4), layers.globalMaxPooling2d({}), layers.dense({ units: 3, activation: "softmax" })); // biome-ignore format: a chain
  return tf.model({ inputs: image, outputs });
}

function convolutions3d(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.reshape({ targetShape: [4, 4, 4, 2], inputShape: [8, 8, 2] }),
      layers.conv3d({ filters: 3, kernelSize: 2, activation: "relu" }),
      layers.conv3d({ filters: 3, kernelSize: 2, strides: 2, padding: "same" }),
      layers.maxPooling3d({ poolSize: 2, strides: 1, padding: "valid" }),
      layers.flatten(),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
}

function recurrent(): tf.LayersModel {
  const plain = { recurrentInitializer: "glorotUniform" } as const;
  return tf.sequential({
    layers: [
      layers.reshape({ targetShape: [4, 32], inputShape: [8, 8, 2] }),
      layers.conv1d({ filters: 5, kernelSize: 3, padding: "same" }),
      layers.bidirectional({ layer: layers.lstm({ units: 4, returnSequences: true, ...plain }), mergeMode: "concat" }),
      layers.gru({ units: 4, ...plain }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
}

/** Pixels as tokens: a lookup, attention of one head, layer norm, GELU. */
function transformer(): tf.LayersModel {
  const dense = (units: number) => layers.dense({ units });
  const tokens = tf.input({ shape: [12], dtype: "int32" });
  const x = through(tokens, layers.embedding({ inputDim: 7, outputDim: 6 }));
  const normed = through(x, layers.layerNormalization());
  const [q, k, v] = [0, 1, 2].map(() => through(normed, dense(6))) as [Symbolic, Symbolic, Symbolic];
  const scores = through(layers.dot({ axes: [2, 2] }).apply([q, k]) as Symbolic, layers.softmax({ axis: -1 }));
  const mixed = through(layers.dot({ axes: [2, 1] }).apply([scores, v]) as Symbolic, dense(6));
  const y = layers.add().apply([x, mixed]) as Symbolic;
  const gelu = layers.activation({ activation: "gelu" as "relu" });
  const fed = through(y, layers.layerNormalization(), dense(12), gelu, dense(6));
  const z = layers.add().apply([y, fed]) as Symbolic;
  return tf.model({ inputs: tokens, outputs: through(z, layers.globalAveragePooling1d(), layers.dense({ units: 3, activation: "softmax" })) }); // biome-ignore format: a chain
}

const images = () => tf.tensor(noise([6, 8, 8, 2], 11).values, [6, 8, 8, 2]);
const tokens = () =>
  tf.tensor(
    Array.from({ length: 72 }, (_, i) => (i * i) % 7),
    [6, 12],
    "int32",
  );

const networks: readonly [string, () => tf.LayersModel, () => tf.Tensor, () => tf.Optimizer][] = [
  ["CNN", cnn, images, () => tf.train.rmsprop(0.003)],
  ["ResNet", resnet, images, () => tf.train.momentum(0.05, 0.9)],
  ["U-Net", unet, images, () => tf.train.adam(0.01)],
  ["network of 3-D convolutions", convolutions3d, images, () => tf.train.sgd(0.1)],
  ["recurrent network", recurrent, images, () => tf.train.adamax(0.01)],
  ["Transformer", transformer, tokens, () => tf.train.adam(0.01)],
];

/** The losses of six steps from fixed weights, and the tensors that are left behind. */
async function train(backend: "wasm" | "cpu", network: (typeof networks)[number]) {
  const [, make, inputs, optimizer] = network;
  await setBackend(backend);
  const before = tf.memory().numTensors;
  const model = make();
  tf.tidy(() => {
    const scaled = model.weights.map(({ shape, originalName }, n) => {
      const { values } = noise(shape as number[], n + 1);
      const around = /gamma|variance/.test(originalName) ? 1 : 0;
      return tf.tensor(
        values.map((value) => around + 0.4 * value),
        shape as number[],
      );
    });
    model.setWeights(scaled);
  });
  const rule = optimizer();
  model.compile({ optimizer: rule, loss: "categoricalCrossentropy" });
  const [x, y] = [inputs(), tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"), 3))];
  const history: number[] = [];
  for (let step = 0; step < 6; step++) history.push((await model.trainOnBatch(x, y)) as number);
  model.dispose();
  rule.dispose();
  tf.dispose([x, y]);
  return { losses: history, left: tf.memory().numTensors - before };
}

describe("trains on the wasm backend as on cpu", () => {
  it.each(networks)("a %s", async (...network) => {
    const expected = await train("cpu", network);
    const actual = await train("wasm", network);
    expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!);
    expect(actual.left).toBe(expected.left);
    actual.losses.forEach((loss, step) => {
      expect(Math.abs(loss - expected.losses[step]!)).toBeLessThan(2e-4);
    });
  });
});
