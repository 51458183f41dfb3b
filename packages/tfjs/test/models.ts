/** Real tfjs models for the tests. */
import "@tensorflow/tfjs-backend-cpu";
import { input, layers, model, type SymbolicTensor, sequential } from "@tensorflow/tfjs-layers";
import type { Layer } from "../src/layer.js";

/** Applies a layer to one value or several. */
export function apply(layer: Layer, values: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(values) as SymbolicTensor;
}

/** Dense ReLU layers without shortcuts. */
export function mlp() {
  return sequential({
    name: "mlp",
    layers: [
      layers.dense({ name: "fc1", units: 12, inputShape: [6], activation: "relu" }),
      layers.dense({ name: "fc2", units: 12, activation: "relu" }),
      layers.dense({ name: "fc3", units: 3, activation: "softmax" }),
    ],
  });
}

/** `x + down(relu(up(norm(x))))`, twice. */
export function residualMlp() {
  const x = input({ shape: [4], name: "x" });
  let y = apply(layers.dense({ name: "stem", units: 8, activation: "relu" }), x);
  for (const block of ["a", "b"]) {
    let branch = apply(layers.layerNormalization({ name: `${block}_norm` }), y);
    branch = apply(layers.dense({ name: `${block}_up`, units: 16, activation: "relu" }), branch);
    branch = apply(layers.dense({ name: `${block}_down`, units: 8 }), branch);
    y = apply(layers.add({ name: `${block}_add` }), [y, branch]);
  }
  return model({ inputs: x, outputs: apply(layers.dense({ name: "head", units: 3 }), y) });
}

/** A residual network: one block with an identity shortcut, one that halves the image behind a projection. */
export function resnet(size = 8) {
  const conv = (name: string, filters: number, kernelSize: number, strides = 1) =>
    layers.conv2d({ name, filters, kernelSize, strides, padding: "same", useBias: false });
  const norm = (name: string) => layers.batchNormalization({ name });
  const relu = (y: SymbolicTensor) => apply(layers.activation({ activation: "relu" }), y);
  const block = (name: string, y: SymbolicTensor, filters: number, strides: number) => {
    let branch = relu(apply(norm(`${name}_bn1`), apply(conv(`${name}_conv1`, filters, 3, strides), y)));
    branch = apply(norm(`${name}_bn2`), apply(conv(`${name}_conv2`, filters, 3), branch));
    const same = strides === 1 && y.shape.at(-1) === filters;
    const skip = same ? y : apply(norm(`${name}_bn`), apply(conv(`${name}_shortcut`, filters, 1, strides), y));
    return relu(apply(layers.add({ name: `${name}_add` }), [branch, skip]));
  };
  const x = input({ shape: [size, size, 3], name: "image" });
  let y = relu(apply(norm("stem_bn"), apply(conv("stem", 12, 3), x)));
  y = block("a", y, 12, 1);
  y = block("b", y, 16, 2);
  y = apply(layers.globalAveragePooling2d({}), y);
  return model({ inputs: x, outputs: apply(layers.dense({ name: "head", units: 4 }), y) });
}

/** A pre-norm Transformer block with one head of attention, made of stock layers. */
export function transformer() {
  const width = 8;
  const dense = (name: string, units: number) => layers.dense({ name, units });
  const tokens = input({ shape: [5], name: "tokens", dtype: "int32" });
  let y = apply(layers.embedding({ name: "table", inputDim: 20, outputDim: width }), tokens);
  const normed = apply(layers.layerNormalization({ name: "norm1" }), y);
  const [q, k, v] = ["q", "k", "v"].map((name) => apply(dense(name, width), normed)) as [
    SymbolicTensor,
    SymbolicTensor,
    SymbolicTensor,
  ];
  const scores = apply(layers.softmax({ axis: -1 }), apply(layers.dot({ axes: [2, 2] }), [q, k]));
  const mixed = apply(dense("out", width), apply(layers.dot({ axes: [2, 1] }), [scores, v]));
  y = apply(layers.add(), [y, mixed]);
  let fed = apply(layers.layerNormalization({ name: "norm2" }), y);
  fed = apply(layers.dense({ name: "up", units: 4 * width, activation: "gelu" as "relu" }), fed);
  y = apply(layers.add(), [y, apply(dense("down", width), fed)]);
  y = apply(layers.globalAveragePooling1d(), y);
  return model({ inputs: tokens, outputs: apply(dense("head", 3), y) });
}

/** Tokens through a bidirectional LSTM and a GRU. */
export function recurrentNet() {
  // tfjs's own orthogonal initializer needs chained ops, which the bare packages lack.
  const plain = { recurrentInitializer: "glorotUniform" } as const;
  const lstm = layers.lstm({ units: 5, returnSequences: true, ...plain });
  return sequential({
    layers: [
      layers.embedding({ name: "table", inputDim: 10, outputDim: 4, inputLength: 6 }),
      layers.bidirectional({ name: "both", layer: lstm, mergeMode: "concat" }),
      layers.gru({ name: "gru", units: 3, ...plain }),
      layers.dense({ name: "head", units: 2, activation: "softmax" }),
    ],
  });
}
