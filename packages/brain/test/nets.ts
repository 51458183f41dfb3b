/** Real brain.js networks for the tests. */
import brain from "brain.js";

const { FeedForward, NeuralNetwork, NeuralNetworkGPU, layer, recurrent, utilities } = brain;

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
export const feedForward = () =>
  new FeedForward<number[], number[]>({
    praxisOpts: { learningRate: 1e-5 } as object,
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
export { brain };
