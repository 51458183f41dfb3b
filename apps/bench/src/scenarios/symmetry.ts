/** Whether layers that start equal stay equal: gradient descent, and what breaks the tie. */
import { createStream, fillNormal, fillUniform } from "@idinit/core";
import { identityMatrix, type Matrix, multiply, orthonormalColumns, transposed } from "../reference/matrix.js";
import type { Observation, SimulationScenario, SimulationTask } from "./scenario.js";

const SIZE = 6;
const SAMPLES = 48;
const BATCH = 8;
const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;
/** Of the map that is to be learned: two are negative. */
const EIGENVALUES = [1.5, 1.25, 1, 0.75, -0.5, -1];

const rules: Readonly<Record<string, { readonly batch: number; readonly momentum: number }>> = {
  gd: { batch: SAMPLES, momentum: 0 },
  sgd: { batch: BATCH, momentum: 0 },
  "sgd-momentum": { batch: BATCH, momentum: MOMENTUM },
};

/**
 * A deep linear net W_L … W_1 of identities learns y = Φ x, Φ symmetric with negative eigenvalues, x white (mean of x xᵀ = I), by the mean of
 * ½ |y − W_L … W_1 x|² (P25 3.1.1, Figure 10; Bartlett, Helmbold, Long 2019). With all samples in a step every layer gets the same symmetric
 * gradient: the layers stay equal, their product can't have a negative eigenvalue, and the loss stays above ½ Σ λ² over the negative ones.
 * Batches break the tie.
 */
export const symmetry: SimulationScenario = {
  kind: "simulation",
  name: "symmetry",
  title: "Layers that start equal: what makes them different",
  source: "P25 3.1.1, Figure 10",
  variants: [{ name: "deep linear net", schemes: Object.keys(rules) }],
  presets: {
    smoke: { layers: 4, steps: 50, seeds: [0] },
    quick: { layers: 4, steps: 800, seeds: [0, 1] },
    paper: { layers: 8, steps: 4000, seeds: [0, 1, 2, 3, 4] },
  },
  constants: {
    size: SIZE,
    samples: SAMPLES,
    batch: BATCH,
    learningRate: LEARNING_RATE,
    momentum: MOMENTUM,
    eigenvalues: EIGENVALUES,
  },
  observed: [
    { name: "distance between layers", label: "largest |Wᵢ − Wⱼ|", scale: "log" },
    { name: "loss", label: "loss on all samples", scale: "log", limit: "least loss of equal layers" },
  ],
  reported: [
    { variant: "deep linear net", scheme: "gd", value: "layers stay equal", setting: "Figure 10" },
    { variant: "deep linear net", scheme: "sgd", value: "layers differ", setting: "Figure 10" },
    { variant: "deep linear net", scheme: "sgd-momentum", value: "layers differ more", setting: "Figure 10" },
  ],
  *simulate({ scheme, seed, preset }: SimulationTask) {
    const { batch, momentum } = rules[scheme]!;
    const [rotation, samples] = [draw(seed, "rotation", SIZE), draw(seed, "samples", SAMPLES)];
    const target = multiply(rotation, multiply(diagonal(EIGENVALUES), transposed(rotation)));
    const layers = Array.from({ length: preset.layers }, () => identityMatrix(SIZE));
    const velocities = layers.map(() => new Float64Array(SIZE * SIZE));
    yield look(layers, target);
    for (let step = 0; step < preset.steps; step++) {
      const covariance = batch === SAMPLES ? identityMatrix(SIZE) : batchCovariance(samples, batch, seed, step);
      gradients(layers, target, covariance).forEach((gradient, at) => {
        const [layer, velocity] = [layers[at]!, velocities[at]!];
        for (let i = 0; i < layer.values.length; i++) {
          velocity[i] = momentum * velocity[i]! + gradient.values[i]!;
          layer.values[i]! -= LEARNING_RATE * velocity[i]!;
        }
      });
      yield look(layers, target);
    }
  },
};

/** √count times orthonormal columns: the mean of x xᵀ over the rows is I. */
function draw(seed: number, key: string, rows: number): Matrix {
  const drawn = fillNormal(createStream(seed, key), new Float64Array(rows * SIZE));
  return orthonormalColumns({ rows, columns: SIZE, values: drawn });
}

/** d loss / d Wᵢ = (W_L … Wᵢ₊₁)ᵀ (W_L … W₁ − Φ) S (Wᵢ₋₁ … W₁)ᵀ, S the mean of x xᵀ over the batch. */
function gradients(layers: readonly Matrix[], target: Matrix, covariance: Matrix): Matrix[] {
  const [below, above] = [[identityMatrix(SIZE)], [identityMatrix(SIZE)]];
  for (const layer of layers) below.push(multiply(layer, below.at(-1)!));
  for (const layer of [...layers].reverse()) above.unshift(multiply(above[0]!, layer));
  const error = multiply(difference(below.at(-1)!, target), covariance);
  return layers.map((_, i) => multiply(transposed(above[i + 1]!), multiply(error, transposed(below[i]!))));
}

function batchCovariance(samples: Matrix, batch: number, seed: number, step: number): Matrix {
  const picks = fillUniform(createStream(seed, `batch.${step}`), new Float64Array(batch));
  const chosen = new Float64Array(batch * SIZE);
  picks.forEach((pick, row) => {
    const at = Math.floor(pick * SAMPLES) * SIZE;
    chosen.set(samples.values.subarray(at, at + SIZE), row * SIZE);
  });
  const rows: Matrix = { rows: batch, columns: SIZE, values: chosen };
  const product = multiply(transposed(rows), rows);
  // Columns of length 1 over all samples: each sample is to be √samples as long.
  return { ...product, values: product.values.map((value) => (value * SAMPLES) / batch) };
}

function look(layers: readonly Matrix[], target: Matrix): readonly Observation[] {
  const product = layers.reduce((done, layer) => multiply(layer, done), identityMatrix(SIZE));
  const distances = layers.flatMap((a, i) => layers.slice(i + 1).map((b) => Math.sqrt(squares(difference(a, b)))));
  return [
    { name: "distance between layers", value: Math.max(...distances) },
    { name: "loss", value: squares(difference(product, target)) / 2 },
    {
      name: "least loss of equal layers",
      value: EIGENVALUES.reduce((sum, value) => sum + Math.min(0, value) ** 2, 0) / 2,
    },
  ];
}

function diagonal(entries: readonly number[]): Matrix {
  const matrix = identityMatrix(entries.length);
  entries.forEach((entry, i) => {
    matrix.values[i * (entries.length + 1)] = entry;
  });
  return matrix;
}

function difference(a: Matrix, b: Matrix): Matrix {
  return { ...a, values: a.values.map((value, i) => value - b.values[i]!) };
}

function squares({ values }: Matrix): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
