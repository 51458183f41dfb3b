/** What runs inside the page: a net on the graphics card and the same one on the CPU, from the same weights. */
import * as library from "brain.js";
import { brainAdapter, initialize } from "../../src/index.js";

/** What was seen. */
export interface Seen {
  /** The class of the stored weights after training. */
  readonly stored: string;
  /** Largest difference of a weight after training from the CPU's, and largest step of a weight. */
  readonly difference: number;
  readonly moved: number;
  /** Whether initializing the trained net again gives the first weights. */
  readonly again: boolean;
  readonly loss: readonly [before: number, after: number];
}

// The bundle has brain.js as CommonJS.
const brain = "default" in library ? (library.default as typeof library) : library;
const SIZES = { inputSize: 4, hiddenLayers: [6, 5], outputSize: 3, activation: "tanh", learningRate: 0.1 };
const DATA = Array.from({ length: 6 }, (_, row) => ({
  input: [0, 1, 2, 3].map((j) => Math.sin(row * 7 + j * 3)),
  output: [0, 1, 2].map((j) => (row % 3 === j ? 0.9 : 0.1)),
}));

/** Trains `NeuralNetworkGPU` in the given mode of gpu.js and `NeuralNetwork`. */
export function train(mode: string): Seen {
  const options = { scheme: "kaiming", seed: 1 } as const;
  const gpu = initialize(new brain.NeuralNetworkGPU({ ...SIZES, mode } as object), options);
  const cpu = initialize(new brain.NeuralNetwork(SIZES), options);
  const first = brainAdapter.read(gpu);
  const losses = [];
  for (let round = 0; round < 2; round++) {
    // gpu.js computes the error in every hundredth iteration.
    losses.push(gpu.train(DATA, { iterations: 100, errorThresh: 1e-9 }).error);
    cpu.train(DATA, { iterations: 100, errorThresh: 1e-9 });
  }
  const stored = (gpu.weights[1] as object).constructor.name;
  const trained = brainAdapter.read(gpu);
  const seen = {
    stored,
    difference: distance(trained, brainAdapter.read(cpu)),
    moved: distance(trained, first),
    loss: [losses[0] as number, losses[1] as number] as const,
  };
  initialize(gpu, options);
  return { ...seen, again: distance(brainAdapter.read(gpu), first) === 0 };
}

function distance(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  let largest = 0;
  for (const [name, values] of a) {
    values.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (b.get(name)?.[i] as number)));
    });
  }
  return largest;
}
