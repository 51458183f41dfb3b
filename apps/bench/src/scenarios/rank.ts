/** Whether the padding of a wider layer limits what the layers behind it can learn. */
import { type Architecture, type DenseActivation, mlp } from "../architectures/index.js";
import { sizeOf } from "../data/dataset.js";
import { numericalRank } from "../reference/numericalRank.js";
import { notLoose, zeroPadded } from "./idinitParts.js";
import type { TrainingScenario, TrainingVariant, WatchedState } from "./scenario.js";

/** Dense layer between two equal widths: the third of four. */
const MIDDLE = "fc3.weight";
const TOLERANCE = 1e-4;

/**
 * Rank of W − I of the middle layer of an MLP features-n-h-h-classes (P25 3.1.2, Figure 4b), W starting as I. Where the layer from n to h is
 * padded with zeros, h − n features stay 0 and nothing trains them: the rank can't exceed n. Padded with further identities it does, without
 * any non-linearity (Theorem 3.1). n is 784 with the paper's settings; h is not given there, here it is 2n.
 */
export const rank: TrainingScenario = {
  kind: "training",
  name: "rank",
  title: "Rank of what a middle layer learns: padding with zeros and with identities",
  source: "P25 3.1.2, Figure 4b",
  dataset: "mnist",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0, weightDecay: 0 },
    learningRate: 0.1,
    warmUpEpochs: 0,
    augment: false,
  },
  variants: [
    { name: "linear", schemes: ["idinit", notLoose, zeroPadded], architecture: network("none") },
    { name: "relu", schemes: ["idinit", notLoose, zeroPadded], architecture: network("relu") },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      width: 16,
      trainExamples: 320,
      testExamples: 100,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    quick: {
      epochs: 5,
      batch: 16,
      width: 16,
      recipe: { learningRate: 0.05 },
      trainExamples: 1600,
      testExamples: 500,
      plan: [{ engines: ["onnxruntime-node"], schemes: ["idinit", "zero-padded"], seeds: [0] }],
    },
    paper: {
      epochs: 10,
      batch: 128,
      width: 784,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.9,
  watch: {
    observed: [{ name: "rank of W − I", label: "singular values above 1e-4", limit: "n" }],
    values: ({ architecture, weights }) => [
      { name: "rank of W − I", value: rankOfChange(weights, hiddenWidth(architecture)) },
      { name: "n", value: hiddenWidth(architecture) / 2 },
    ],
  },
  reported: [
    { variant: "linear", scheme: "zero-padded", value: "bounded by n", setting: "MNIST, n = 784" },
    { variant: "linear", scheme: "idinit", value: "exceeds n", setting: "MNIST, n = 784" },
  ],
};

function network(activation: DenseActivation): TrainingVariant["architecture"] {
  return ({ train, classes }, { width = 784 }) =>
    mlp({
      features: sizeOf(train),
      hidden: [width, 2 * width, 2 * width],
      classes: classes.length,
      activation,
    });
}

/** Of W − I, W the square weight in the middle. */
function rankOfChange(weights: WatchedState["weights"], size: number): number {
  const change = Float64Array.from(weights.get(MIDDLE)!, (value, at) => (at % (size + 1) === 0 ? value - 1 : value));
  return numericalRank(change, size, TOLERANCE);
}

/** h: the features that the last layer reads. */
function hiddenWidth(architecture: Architecture): number {
  const middle = architecture.layers.find(({ name }) => name === "fc3");
  return middle?.op === "dense" ? middle.out : 0;
}
