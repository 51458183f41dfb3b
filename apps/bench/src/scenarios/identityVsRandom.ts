/** What the first weight of a branch should be when the last one is 0. */
import { hadamard, xavierNormal } from "@idinit/core";
import { resMlp } from "../architectures/index.js";
import { sizeOf } from "../data/dataset.js";
import { firstOfBranch, zeroLast } from "./idinitParts.js";
import type { TrainingScenario } from "./scenario.js";

/**
 * Residual blocks x + W₂ relu(W₁ x) with W₂ = 0 and W₁ an identity, drawn (Xavier), or a Hadamard matrix (P25 Figure 2), beside IDInit, whose
 * W₂ is IDIZ. The paper does not give its network: here 16 dense blocks, twice as wide inside (ZerO's Hadamard matrices stand where a layer
 * widens).
 */
export const identityVsRandom: TrainingScenario = {
  kind: "training",
  name: "identity-vs-random",
  title: "The first weight of a branch that ends in 0: identity, random, Hadamard",
  source: "P25 1, Figure 2",
  dataset: "mnist",
  recipe: {
    optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 0 },
    learningRate: 0.01,
    warmUpEpochs: 0,
    augment: false,
  },
  variants: [
    {
      name: "16 blocks",
      schemes: [
        "idinit",
        zeroLast,
        firstOfBranch("xavier-zero", xavierNormal()),
        firstOfBranch("hadamard-zero", hadamard()),
      ],
      architecture: ({ train, classes }, { width = 256 }) =>
        resMlp({ features: sizeOf(train), width, branchWidth: 2 * width, blocks: 16, classes: classes.length }),
    },
  ],
  presets: {
    smoke: {
      epochs: 1,
      batch: 32,
      width: 32,
      trainExamples: 320,
      testExamples: 100,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0] }],
    },
    quick: {
      epochs: 4,
      batch: 32,
      width: 64,
      trainExamples: 2560,
      testExamples: 1000,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1] }],
    },
    paper: {
      epochs: 10,
      batch: 128,
      plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2] }],
    },
  },
  target: 0.9,
  reported: [
    { variant: "16 blocks", scheme: "zero-last", value: "fastest", setting: "a small residual net" },
    { variant: "16 blocks", scheme: "xavier-zero", value: "slower", setting: "a small residual net" },
    { variant: "16 blocks", scheme: "hadamard-zero", value: "slower", setting: "a small residual net" },
  ],
};
