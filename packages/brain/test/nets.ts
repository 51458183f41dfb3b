/** Real brain.js networks for the tests. */
import brain from "brain.js";

import { build } from "../src/build.js";
import { type BrainNet, recognise } from "../src/net.js";

const { AE, FeedForward, NeuralNetwork, NeuralNetworkGPU, Recurrent, layer, recurrent, utilities } = brain;

/** A layer of `FeedForward`. */
export type Layer = ReturnType<typeof layer.add>;

/** 4 → 6 → 5 → 3. */
export const dense = (activation = "tanh") =>
  new NeuralNetwork<number[], number[]>({ inputSize: 4, hiddenLayers: [6, 5], outputSize: 3, activation });

/** The same on gpu.js, on its CPU mode. */
export const gpu = (activation = "tanh") =>
  new NeuralNetworkGPU<number[], number[]>({
    inputSize: 4,
    hiddenLayers: [6, 5],
    outputSize: 3,
    activation,
    mode: "cpu",
    // Compiled into its kernels, so that train() cannot set it any more.
    learningRate: 1e-4,
    // brain.js's types leave out what its constructor reads.
  } as object);

/** Two layers of weights, a sigmoid after each. */
export const feedForward = (learningRate = 1e-5) =>
  new FeedForward<number[], number[]>({
    praxisOpts: { learningRate } as object,
    inputLayer: () => layer.input({ height: 4 }),
    hiddenLayers: [(input) => layer.feedForward({ height: 6 }, input)],
    outputLayer: (input) => layer.target({ height: 3 }, layer.feedForward({ height: 3 }, input)),
  });

/** The text the recurrent nets learn. */
export const TEXT = ["abab", "baba", "aabb"];

const formatter = () => ({ dataFormatter: new utilities.DataFormatter(TEXT), hiddenLayers: [5, 4] });
export const rnn = () => new recurrent.RNN(formatter());
export const lstm = () => new recurrent.LSTM(formatter());
export const gru = () => new recurrent.GRU(formatter());
export const lstmTimeStep = () => new recurrent.LSTMTimeStep({ inputSize: 2, hiddenLayers: [5], outputSize: 2 });
export const rnnTimeStep = () => new recurrent.RNNTimeStep({ inputSize: 2, hiddenLayers: [5], outputSize: 2 });
export const gruTimeStep = () => new recurrent.GRUTimeStep({ inputSize: 2, hiddenLayers: [5], outputSize: 2 });

/** 4 → 5 → 2 → 5 → 4. */
export const ae = () =>
  new AE<number[], number[]>({ decodedSize: 4, hiddenLayers: [5, 2, 5], mode: "cpu", learningRate: 0.3 } as object);

/** The dense net inside an autoencoder, which its type hides. */
export const denoiser = (net: ReturnType<typeof ae>) =>
  (net as unknown as { denoiser: InstanceType<typeof NeuralNetworkGPU> }).denoiser;

/** W·x + b without an activation, which `layer.feedForward` has always. */
export const linear = (height: number, input: Layer): Layer =>
  layer.add(layer.multiply(layer.random({ height, width: input.height }), input), layer.random({ height }));

const block = (input: unknown): Layer =>
  layer.add(input as Layer, linear(6, layer.relu(linear(6, input as Layer)) as unknown as Layer));

/** A linear stem, two residual blocks, one output. */
export const residual = () =>
  new FeedForward<number[], number[]>({
    inputLayer: () => layer.input({ height: 4 }),
    hiddenLayers: [(input) => linear(6, input as Layer), block, block],
    outputLayer: (input) => layer.target({ height: 1 }, linear(1, input as Layer)),
  });

const recurrentOf = (cell: typeof layer.rnnCell | typeof layer.lstmCell) => () =>
  new Recurrent({
    inputLayer: () => layer.input({ height: 1 }),
    hiddenLayers: [(input, state) => cell({ height: 4 }, input, state)],
    outputLayer: (input) => layer.output({ height: 1 }, input),
  });
export const recurrentRnn = recurrentOf(layer.rnnCell);
export const recurrentLstm = recurrentOf(layer.lstmCell);

/** The net with arrays of brain.js's making. */
export const built = <Net extends BrainNet>(net: Net): Net => {
  build(recognise(net));
  return net;
};
export { brain };
