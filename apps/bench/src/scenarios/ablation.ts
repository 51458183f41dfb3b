/** What each part of IDInit adds. */

import { combinations } from "./idinitParts.js";
import { imageResnet } from "./images.js";
import type { TrainingScenario } from "./scenario.js";

const setting = "ResNet-20, CIFAR-10, 200 epochs, mixup";

/**
 * Loose noise, patches (IDIC) and almost-zero last weights (IDIZ), each with and without (P25 4.2, Table 2 and Table 5; P22 4.3). Without
 * IDIC kernels hold the identity at their centre tap, without IDIZ the last weights and the head are identities too. Mixup, which the papers
 * add, is not there.
 */
export const ablation: TrainingScenario = {
  kind: "training",
  name: "ablation",
  title: "IDInit part by part: Loose, IDIC, IDIZ",
  source: "P25 4.2, Tables 2 and 5; P22 4.3",
  dataset: "cifar-10",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: [
    {
      name: "resnet",
      schemes: combinations,
      architecture: imageResnet(20),
    },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      depth: 8,
      trainExamples: 96,
      testExamples: 64,
      recipe: { augment: false },
      plan: [{ engines: ["onnxruntime-node"], schemes: ["none", "idinit"], seeds: [0] }],
    },
    quick: {
      epochs: 4,
      batch: 32,
      depth: 8,
      trainExamples: 1920,
      testExamples: 500,
      recipe: { augment: false, warmUpEpochs: 1 },
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    paper: {
      epochs: 200,
      batch: 128,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.8,
  reported: [
    { variant: "resnet", scheme: "none", value: "87.01", setting },
    { variant: "resnet", scheme: "idiz", value: "+ 5.89", setting },
    { variant: "resnet", scheme: "idic", value: "+ 3.42", setting },
  ],
};
