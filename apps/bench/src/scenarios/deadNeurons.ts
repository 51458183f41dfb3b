/** Weights that training never reaches, because what comes before and behind them is 0. */

import { zeroLast } from "./idinitParts.js";
import { imageResnet } from "./images.js";
import type { Observation, Observed, TrainingScenario, WatchedState } from "./scenario.js";

const STAGES = [1, 2, 3];

/**
 * Share of the entries of the last weight of a block that are what they were at the start (P22 Figure 4, P25 Figure 5), in the last block of
 * each stage of a ResNet whose shortcuts fill new channels with zeros. With the last weights and the head 0 nothing starts to move in those
 * channels: no gradient comes back through the head while the features are 0, and the features stay 0 without one.
 *
 * Without weight decay, which moves every entry but a 0.
 */
export const deadNeurons: TrainingScenario = {
  kind: "training",
  name: "dead-neurons",
  title: "Dead weights: the last of a block exactly 0, and almost 0",
  source: "P22 3.3, Figure 4; P25 3.2, Figure 5",
  dataset: "cifar-10",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 0 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: true,
  },
  variants: [
    {
      name: "resnet",
      schemes: ["idinit", zeroLast, "zero"],
      architecture: imageResnet(20),
    },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      depth: 8,
      trainExamples: 128,
      testExamples: 64,
      recipe: { augment: false },
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    quick: {
      epochs: 2,
      batch: 32,
      depth: 8,
      trainExamples: 1280,
      testExamples: 250,
      recipe: { augment: false },
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    paper: {
      epochs: 200,
      batch: 128,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.8,
  watch: {
    observed: STAGES.map((stage): Observed => ({ name: nameOf(stage), label: "share never moved" })),
    values: (state) => STAGES.map((stage): Observation => ({ name: nameOf(stage), value: untouched(stage, state) })),
  },
  reported: [
    { variant: "resnet", scheme: "zero-last", value: "more than half dead", setting: "trained ResNet" },
    { variant: "resnet", scheme: "idinit", value: "all entries trained", setting: "trained ResNet" },
  ],
};

function nameOf(stage: number): string {
  return `stage ${stage}, last block`;
}

/** Of the last weight of the stage's last block. */
function untouched(stage: number, { architecture, weights, initial }: WatchedState): number {
  const lasts = architecture.layers.filter(({ name }) => name.startsWith(`stage${stage}.`) && name.endsWith(".conv2"));
  const name = `${lasts.at(-1)!.name}.weight`;
  const before = initial.get(name)!;
  return weights.get(name)!.reduce((count, value, at) => count + (value === before[at] ? 1 : 0), 0) / before.length;
}
