/** How large the signal is behind each layer of an untrained network. */
import { createStream, fillNormal } from "@idinit/core";
import { type Architecture, allconv, mlp, resConv, resMlp } from "../architectures/index.js";
import { initialParameters } from "../architectures/initialParameters.js";
import { evaluationBatches, normalizationOf } from "../data/batches.js";
import { type Dataset, slice } from "../data/dataset.js";
import { forward } from "../reference/forward.js";
import { imageInput } from "./images.js";
import type { Measurement, MeasureScenario } from "./scenario.js";

/** Standard deviation of the noise that is added to the normalized input. */
const NOISE = [0, 0.01, 0.1, 1];
/** Images of a round. */
const IMAGES = 2;
/** For the dense nets an image is rows of 96 features, as a 32×32 colour image makes them. */
const FEATURES = 96;

type Network = (dataset: Dataset, width: number) => Architecture;

const networks: Readonly<Record<string, Network>> = {
  FC: () =>
    mlp({
      features: FEATURES,
      hidden: [200, 400, 600, 800, 1000, 1000, 800, 600, 400],
      classes: 200,
      activation: "none",
    }),
  ResFC: () => resMlp({ features: FEATURES, width: FEATURES, blocks: 10, activation: "none", classes: 10 }),
  Conv: ({ train }, width) => allconv({ classes: 10, width, input: imageInput(train) }),
  ResConv: ({ train }) => resConv({ classes: 10, input: imageInput(train) }),
};

/** Output standard deviation through depth (P25 C.3, Figure 15). The last conv of Conv is its head. */
export const variance: MeasureScenario = {
  kind: "measure",
  name: "variance",
  title: "Standard deviation of the signal through depth, before training",
  source: "P25 C.3, Figure 15",
  dataset: "cifar-10",
  variants: Object.keys(networks).map((name) => ({
    name,
    schemes: ["idinit", name.endsWith("FC") ? "xavier" : "kaiming"],
  })),
  presets: {
    // `width` is that of Conv's first layers.
    smoke: { rounds: 1, width: 24, seeds: [0] },
    quick: { rounds: 2, width: 32, seeds: [0] },
    paper: { rounds: 500, width: 96, seeds: [0] },
  },
  reported: [],
  architecture: ({ variant, preset, dataset }) => networks[variant]!(needed(dataset), preset.width),
  *measure(task) {
    const { variant, scheme, seed, preset } = task;
    const dataset = needed(task.dataset);
    const architecture = this.architecture(task);
    const probed = probedLayers(architecture);
    const sums = new Map<string, number[]>();
    for (let round = 0; round < preset.rounds; round++) {
      const weights = initialParameters(architecture, scheme, seed + round);
      const images = roundImages(dataset, round);
      const count = variant.endsWith("FC") ? images.length / FEATURES : IMAGES;
      const noise = fillNormal(createStream(seed, `noise.${round}`), new Float64Array(images.length));
      for (const std of NOISE) {
        const noisy = images.map((value, index) => value + std * noise[index]!);
        const values = forward(architecture, weights, noisy, count);
        const name = `noise ${std}`;
        const totals = sums.get(name) ?? new Array<number>(probed.length).fill(0);
        sums.set(
          name,
          totals.map((total, index) => total + standardDeviation(values.get(probed[index]!)!)),
        );
        yield;
      }
    }
    return [...sums].flatMap(([name, totals]) =>
      totals.map((total, depth): Measurement => ({ name, depth, layer: probed[depth]!, value: total / preset.rounds })),
    );
  },
};

function needed(dataset: Dataset | undefined): Dataset {
  if (!dataset) throw new Error("variance: no data set");
  return dataset;
}

/** The input and what every block, or in a net without shortcuts every layer with weights, gives; not a residual net's head. */
function probedLayers({ layers }: Architecture): string[] {
  const residual = layers.some(({ op }) => op === "add");
  const chosen = layers.filter(({ op }) => (residual ? op === "add" : op === "dense" || op === "conv"));
  return ["input", ...chosen.map(({ name }) => name)];
}

function roundImages({ train, test }: Dataset, round: number): Float64Array {
  const from = (round * IMAGES) % Math.max(1, test.labels.length - IMAGES);
  const [batch] = evaluationBatches(slice(test, from, from + IMAGES), IMAGES, normalizationOf(train));
  return Float64Array.from(batch!.inputs);
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
