/** Five dense layers, without shortcuts or norms. */
import type { SchemeName } from "@idinit/core";
import { mlp } from "../architectures/index.js";
import { sizeOf } from "../data/dataset.js";
import { engineNames } from "../engines/index.js";
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
  title: "Dense layers without shortcuts: Linear-5 (width 512), and a small one",
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
    {
      // Ours, not the paper's: small and plain enough for brain.js, which has no weight decay.
      name: "small",
      schemes: ["idinit", "xavier"],
      recipe: { optimizer: { kind: "sgd", momentum: 0, weightDecay: 0 } },
      architecture: ({ train, classes }) =>
        mlp({ features: sizeOf(train), hidden: 32, layers: 3, classes: classes.length, activation: "tanh" }),
    },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 64,
      trainExamples: 640,
      testExamples: 200,
      plan: [
        { variants: ["relu", "small"], engines: ["onnxruntime-node"], schemes: ["idinit", "kaiming"], seeds: [0] },
        { variants: ["small"], engines: ["onnxruntime-web", "tfjs-wasm", "brain"], schemes: ["idinit"], seeds: [0] },
      ],
    },
    quick: {
      epochs: 3,
      batch: 128,
      trainExamples: 2560,
      testExamples: 1000,
      plan: [
        { engines: ["onnxruntime-node"], seeds: [0, 1] },
        { variants: ["relu"], engines: engineNames, schemes: ["idinit"], seeds: [0], epochs: 1 },
        { variants: ["small"], engines: ["onnxruntime-web", "tfjs-wasm", "brain"], schemes: ["idinit"], seeds: [0] },
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
