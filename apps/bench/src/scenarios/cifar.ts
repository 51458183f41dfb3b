/** Residual networks on small images. */
import { engineNames } from "../engines/index.js";
import { imageResnet } from "./images.js";
import type { Reported, TrainingScenario } from "./scenario.js";

const setting = "ResNet-56, CIFAR-10, 200 epochs";
const reported: readonly Reported[] = [
  { variant: "resnet", scheme: "idinit", value: "93.41±0.10", setting },
  { variant: "resnet", scheme: "kaiming", value: "93.36±0.14", setting },
  // The papers call a zero γ "Zero"; our scheme `zero` is their "ZerO".
  { variant: "resnet", scheme: "zero-gamma", value: "92.32±0.19", setting },
  { variant: "resnet", scheme: "zero", value: "90.57±0.31", setting },
];

/** ResNet with batch norm and padded shortcuts (P25 4.3, Table 1). */
export const cifar: TrainingScenario = {
  kind: "training",
  name: "cifar",
  title: "ResNet on small images",
  source: "P25 4.3, Table 1",
  dataset: "cifar-10",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 },
    learningRate: 0.2,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: [
    {
      name: "resnet",
      schemes: ["idinit", "kaiming", "zero-gamma", "pytorch", "fixup", "skipinit", "rezero"],
      architecture: imageResnet(20),
    },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      depth: 8,
      trainExamples: 192,
      testExamples: 64,
      recipe: { learningRate: 0.1, augment: false },
      plan: [
        { engines: ["onnxruntime-node"], schemes: ["idinit", "kaiming"], seeds: [0] },
        { engines: ["onnxruntime-web", "tfjs-wasm"], schemes: ["idinit"], seeds: [0] },
      ],
    },
    quick: {
      epochs: 6,
      batch: 32,
      depth: 8,
      trainExamples: 1920,
      testExamples: 500,
      // Few steps: a small net, a smaller rate, and every example as it is. The warm-up is for closed branches, whose first
      // gradients a norm makes large (docs/method.md).
      recipe: { learningRate: 0.1, warmUpEpochs: 1, augment: false },
      plan: [
        { engines: ["onnxruntime-node"], schemes: ["idinit", "kaiming"], seeds: [0, 1] },
        { engines: ["onnxruntime-node"], schemes: ["zero-gamma", "pytorch"], seeds: [0] },
        { engines: engineNames, schemes: ["idinit"], seeds: [0], epochs: 1, trainExamples: 640 },
      ],
      onFiles: { epochs: 4, trainExamples: 3840 },
    },
    paper: {
      epochs: 200,
      batch: 128,
      depth: 56,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.8,
  reported,
};
