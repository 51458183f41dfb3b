/** A Transformer that classifies sentences. */
import { IdinitError } from "@idinit/core";
import { transformer } from "../architectures/index.js";
import type { Dataset } from "../data/dataset.js";
import type { DatasetName } from "../data/loadDataset.js";
import { engineNames } from "../engines/index.js";
import type { Reported, TrainingScenario, TrainingVariant } from "./scenario.js";

const encoder: TrainingVariant = {
  name: "transformer",
  schemes: ["idinit", "xavier", "orthogonal", "pytorch"],
  architecture: (dataset, { depth = 2 }, parts) =>
    transformer({
      ...parts,
      ...tokenInput(dataset),
      classes: dataset.classes.length,
      layers: depth,
      heads: 4,
      width: 64,
    }),
};

/** The same recipe on another set; the papers start from GloVe or Word2Vec vectors, here embeddings are learned. */
function textScenario(
  name: string,
  dataset: DatasetName,
  about: { readonly title: string; readonly target: number; readonly reported: readonly Reported[] },
): TrainingScenario {
  return {
    kind: "training",
    name,
    source: "P25 4.5, Table 4",
    dataset,
    text: { length: 32, minimumCount: 2 },
    recipe: {
      // The paper: Adam with 1e-4 on pre-trained vectors; learning them takes a larger rate.
      optimizer: { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
      learningRate: 1e-3,
      warmUpEpochs: 0,
      augment: false,
    },
    variants: [encoder],
    presets: {
      smoke: {
        epochs: 1,
        batch: 32,
        depth: 1,
        trainExamples: 192,
        testExamples: 96,
        plan: [
          { engines: ["onnxruntime-node"], schemes: ["idinit", "xavier"], seeds: [0] },
          { engines: ["onnxruntime-web", "tfjs-wasm"], schemes: ["idinit"], seeds: [0] },
        ],
      },
      quick: {
        // Until the curves are flat: after 3 epochs the schemes are still in the middle of learning.
        epochs: 6,
        batch: 32,
        trainExamples: 2400,
        testExamples: 600,
        plan: [
          { engines: ["onnxruntime-node"], seeds: [0] },
          { engines: engineNames, schemes: ["idinit"], seeds: [0], epochs: 1, trainExamples: 640 },
        ],
        onFiles: { trainExamples: 5400 },
      },
      paper: {
        epochs: 10,
        batch: 32,
        plan: [{ engines: ["onnxruntime-node"], seeds: [0, 1, 2, 3, 4] }],
      },
    },
    ...about,
  };
}

const glove = (values: Readonly<Record<string, string>>, data: string): Reported[] =>
  Object.entries(values).map(([scheme, value]) => ({
    variant: "transformer",
    scheme,
    value,
    setting: `${data}, GloVe vectors, 10 epochs`,
  }));

/** Question types: TREC-6. */
export const text = textScenario("text", "trec-6", {
  title: "Transformer classifier of sentences",
  target: 0.75,
  reported: glove({ pytorch: "86.68±2.68", orthogonal: "86.90±1.51", idinit: "87.32±0.78" }, "TREC-6"),
});

/** Sentiment: SST-2. */
export const sentiment = textScenario("sentiment", "sst-2", {
  title: "Transformer classifier of sentiment",
  target: 0.75,
  reported: glove({ pytorch: "80.97±1.20", orthogonal: "82.22±0.87", idinit: "82.48±0.55" }, "SST-2"),
});

function tokenInput({ train, vocabulary }: Dataset): { length: number; vocabulary: number } {
  if (train.kind !== "tokens" || vocabulary === undefined) {
    throw new IdinitError(`expected a data set of token ids, got ${train.kind}`);
  }
  return { length: train.length, vocabulary };
}
