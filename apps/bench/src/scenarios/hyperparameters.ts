/** How much the choice of learning rate and weight decay matters. */
import { imageResnet } from "./images.js";
import type { TrainingScenario, TrainingVariant } from "./scenario.js";

const RATES = [1e-3, 1e-2, 1e-1, 1, 10];
const DECAYS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

function cell(learningRate: number, weightDecay: number): TrainingVariant {
  return {
    name: nameOf(learningRate, weightDecay),
    schemes: ["idinit", "kaiming", "fixup", "rezero", "zero-gamma"],
    recipe: { learningRate, optimizer: { kind: "sgd", momentum: 0.9, weightDecay } },
    architecture: imageResnet(32),
  };
}

function nameOf(learningRate: number, weightDecay: number): string {
  return `rate ${learningRate}, decay ${weightDecay.toExponential()}`;
}

/** The grid of learning rates and weight decays (P25 4.1, B.1, Figure 12). */
export const hyperparameters: TrainingScenario = {
  kind: "training",
  name: "hyperparameters",
  title: "A grid of learning rates and weight decays",
  source: "P25 4.1, B.1, Figure 12",
  dataset: "cifar-10",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 0 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: RATES.flatMap((rate) => DECAYS.map((decay) => cell(rate, decay))),
  overview: "grid",
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      depth: 8,
      trainExamples: 64,
      testExamples: 32,
      recipe: { augment: false },
      plan: [
        {
          variants: [nameOf(0.1, 1e-4)],
          engines: ["onnxruntime-node"],
          schemes: ["idinit", "kaiming"],
          seeds: [0],
        },
      ],
    },
    quick: {
      epochs: 3,
      batch: 32,
      depth: 8,
      trainExamples: 960,
      testExamples: 250,
      recipe: { augment: false, warmUpEpochs: 1 },
      plan: [
        {
          variants: [1e-2, 1e-1, 1].flatMap((rate) => [1e-4, 1e-3, 1e-2].map((decay) => nameOf(rate, decay))),
          engines: ["onnxruntime-node"],
          schemes: ["idinit", "kaiming"],
          seeds: [0],
        },
      ],
    },
    paper: {
      epochs: 200,
      batch: 1024,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.8,
  reported: [
    {
      variant: nameOf(0.1, 1e-3),
      scheme: "idinit",
      value: "94.08",
      setting: "its best; ResNet-32, CIFAR-10, 200 epochs",
    },
  ],
};
