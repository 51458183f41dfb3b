/** A residual network whose one branch is very long and has no norm. */
import { longStem as network } from "../architectures/index.js";
import { channelMaintain } from "./idinitParts.js";
import { imageInput } from "./images.js";
import type { Reported, TrainingScenario, TrainingVariant } from "./scenario.js";

const reported = ["linear stem", "relu stem"].flatMap((variant): Reported[] => {
  const setting = "109 convs, CIFAR-10, 35 epochs; not said whether with ReLU";
  return [
    { variant, scheme: "idinit", value: "trains", setting },
    { variant, scheme: "kaiming", value: "fails", setting },
    { variant, scheme: "fixup", value: "fails", setting },
  ];
});

/** `depth` is the number of convs in the branch. */
function stem(activation: "relu" | "none"): TrainingVariant["architecture"] {
  return ({ classes, train }, { depth = 109, width = 16 }, { multipliers = false, biases = "usual" }) =>
    network({
      classes: classes.length,
      input: imageInput(train),
      convs: depth,
      width,
      activation,
      multipliers,
      biases,
    });
}

/**
 * Res-112: 109 convs in one residual stem (P25 C.6, Table 10, Figure 19). The paper does not say whether ReLUs stand between them. Without,
 * Kaiming's gain of √2 grows the signal like 2^(convs / 2); with them it does not.
 */
export const longStem: TrainingScenario = {
  kind: "training",
  name: "long-stem",
  title: "One very long residual branch without norms",
  source: "P25 C.6, Table 10",
  dataset: "cifar-10",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 1e-8 },
    learningRate: 0.2,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: [
    { name: "linear stem", schemes: ["idinit", channelMaintain, "kaiming", "fixup"], architecture: stem("none") },
    { name: "relu stem", schemes: ["idinit", channelMaintain, "kaiming", "fixup"], architecture: stem("relu") },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      depth: 10,
      trainExamples: 128,
      testExamples: 64,
      recipe: { augment: false },
      plan: [{ engines: ["onnxruntime-node"], schemes: ["idinit", "kaiming"], seeds: [0] }],
    },
    quick: {
      epochs: 3,
      batch: 32,
      depth: 21,
      width: 8,
      trainExamples: 640,
      testExamples: 250,
      recipe: { augment: false },
      plan: [
        {
          variants: ["linear stem"],
          engines: ["onnxruntime-node"],
          schemes: ["idinit", "kaiming", "fixup"],
          seeds: [0],
        },
      ],
    },
    paper: {
      epochs: 35,
      batch: 768,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.5,
  reported,
};
