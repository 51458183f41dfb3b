/** Convs only, without shortcuts or norms. */
import { allconv as network } from "../architectures/index.js";
import { channelMaintain } from "./idinitParts.js";
import { imageInput } from "./images.js";
import type { TrainingScenario, TrainingVariant } from "./scenario.js";

/** Warm-up in percent of the training: 0 to 60 of the paper's 300 epochs. */
const WARM_UPS = [0, 3.3, 6.7, 10, 13.3, 16.7, 20];

/** AllConv with longer and longer warm-up (P25 C.2, Table 9, Figure 16). */
export const allconv: TrainingScenario = {
  kind: "training",
  name: "allconv",
  title: "Convs without shortcuts or norms: how much warm-up they need",
  source: "P25 C.2, Table 9, Figure 16",
  dataset: "cifar-10",
  // On smaller pictures the shifts of IDIC's patches leave the image: a dead start.
  side: 32,
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: WARM_UPS.map(
    (percent): TrainingVariant => ({
      name: percent === 0 ? "no warm-up" : `warm-up ${percent} %`,
      schemes: ["idinit", channelMaintain, "kaiming"],
      recipe: { warmUpShare: percent / 100 },
      architecture: ({ classes, train }, { width = 96 }) =>
        network({ classes: classes.length, width, input: imageInput(train) }),
    }),
  ),
  overview: "warm-up",
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      width: 24,
      trainExamples: 96,
      testExamples: 64,
      recipe: { augment: false },
      plan: [{ variants: ["no warm-up"], engines: ["onnxruntime-node"], seeds: [0] }],
    },
    quick: {
      epochs: 3,
      batch: 32,
      width: 24,
      trainExamples: 960,
      testExamples: 250,
      recipe: { augment: false },
      plan: [{ variants: ["no warm-up", "warm-up 10 %", "warm-up 20 %"], engines: ["onnxruntime-node"], seeds: [0] }],
    },
    paper: {
      epochs: 300,
      batch: 128,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
  },
  target: 0.8,
  reported: [
    { variant: "no warm-up", scheme: "idinit", value: "trains", setting: "CIFAR-10, 300 epochs" },
    { variant: "no warm-up", scheme: "channel-maintain", value: "fails", setting: "CIFAR-10, 300 epochs" },
    { variant: "no warm-up", scheme: "kaiming", value: "fails", setting: "CIFAR-10, 300 epochs" },
  ],
};
