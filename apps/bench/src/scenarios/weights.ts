/** What training makes of the weights. */
import { parameters } from "../architectures/index.js";
import { imageResnet } from "./images.js";
import type { TrainingScenario, WatchedState } from "./scenario.js";

/** Below it a weight counts as 0. */
const SMALL = 1e-3;

/** Histograms of weights before and after training (P25 C.4, Figure 17), and the share of those near 0 on the way. */
export const weights: TrainingScenario = {
  kind: "training",
  name: "weights",
  title: "Histograms of the weights before and after training",
  source: "P25 C.4, Figure 17",
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
      schemes: ["idinit", "kaiming"],
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
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    quick: {
      epochs: 4,
      batch: 32,
      depth: 8,
      trainExamples: 1920,
      testExamples: 500,
      recipe: { augment: false, learningRate: 0.1, warmUpEpochs: 1 },
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    paper: {
      epochs: 200,
      batch: 1024,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
  },
  target: 0.8,
  watch: {
    observed: [{ name: "weights near 0", label: "share of kernels' entries below 1e-3" }],
    values: (state) => [{ name: "weights near 0", value: nearZero(state) }],
  },
  reported: [
    {
      variant: "resnet",
      scheme: "idinit",
      value: "almost all 0 at first, more zeros at the end",
      setting: "ResNet-20, 200 epochs",
    },
  ],
};

/** Of all kernels together; biases and norms do not count. */
function nearZero({ architecture, weights: held }: WatchedState): number {
  let [small, all] = [0, 0];
  for (const { name, kind } of parameters(architecture)) {
    if (kind !== "kernel") continue;
    const values = held.get(name)!;
    all += values.length;
    for (const value of values) if (Math.abs(value) < SMALL) small++;
  }
  return small / all;
}
