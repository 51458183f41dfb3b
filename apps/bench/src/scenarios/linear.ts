/** Five dense layers, without shortcuts or norms. */
import type { SchemeName } from "@idinit/core";
import { mlp } from "../architectures/index.js";
import { sizeOf } from "../data/dataset.js";
import type { TrainingScenario, TrainingVariant } from "./scenario.js";

function linear5(activation: "tanh" | "relu", schemes: readonly SchemeName[]): TrainingVariant {
  return {
    name: activation,
    schemes,
    architecture: ({ train, classes }) =>
      mlp({ features: sizeOf(train), hidden: 512, layers: 5, classes: classes.length, activation }),
  };
}

/** Linear-5 (P25 C.1, Table 8). */
export const linear: TrainingScenario = {
  kind: "training",
  name: "linear",
  title: "Linear-5: five dense layers of width 512",
  source: "P25 C.1, Table 8",
  dataset: "mnist",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: false,
  },
  variants: [
    // The paper's default is Xavier for tanh and Kaiming for ReLU.
    linear5("tanh", ["idinit", "xavier", "orthogonal", "pytorch"]),
    linear5("relu", ["idinit", "kaiming", "orthogonal", "pytorch"]),
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 64,
      trainExamples: 640,
      testExamples: 200,
      plan: [
        { engines: ["onnxruntime-node"], schemes: ["idinit", "xavier", "kaiming"], seeds: [0] },
        { engines: ["onnxruntime-web", "tfjs-wasm", "brain"], schemes: ["idinit"], seeds: [0] },
      ],
    },
    quick: {
      epochs: 4,
      batch: 128,
      trainExamples: 2560,
      testExamples: 1000,
      plan: [
        { engines: ["onnxruntime-node"], seeds: [0, 1, 2] },
        { engines: ["onnxruntime-web", "tfjs-wasm", "tfjs-webgpu"], schemes: ["idinit", "kaiming"], seeds: [0] },
        { engines: ["brain"], schemes: ["idinit"], seeds: [0] },
      ],
      onFiles: { epochs: 3, trainExamples: 12800, testExamples: 2000 },
    },
    paper: {
      epochs: 30,
      batch: 128,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.9,
  reported: [
    { variant: "tanh", scheme: "xavier", value: "98.26", setting: "MNIST, 30 epochs" },
    { variant: "tanh", scheme: "idinit", value: "98.32", setting: "MNIST, 30 epochs" },
    { variant: "relu", scheme: "kaiming", value: "98.21", setting: "MNIST, 30 epochs" },
    { variant: "relu", scheme: "idinit", value: "98.40", setting: "MNIST, 30 epochs" },
  ],
};
