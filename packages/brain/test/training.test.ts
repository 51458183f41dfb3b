/** Every kind of network learns from the weights that it was given. */
import { normal } from "@idinit/core";
import { expect, test } from "vitest";
import { initialize } from "../src/index.js";
import type { BrainNet } from "../src/net.js";
import {
  ae,
  dense,
  feedForward,
  gpu,
  gru,
  gruTimeStep,
  lstm,
  lstmTimeStep,
  recurrentLstm,
  recurrentRnn,
  residual,
  rnn,
  rnnTimeStep,
  TEXT,
} from "./nets.js";

const CLASSES = Array.from({ length: 6 }, (_, row) => ({
  input: [0, 1, 2, 3].map((j) => 0.5 * Math.sin(row * 7 + j * 3) + (row % 3 === j ? 1 : 0)),
  output: [0, 1, 2].map((j) => (row % 3 === j ? 0.9 : 0.1)),
}));
const ONE = CLASSES.map(({ input, output }) => ({ input, output: output.slice(0, 1) }));
// Every output is compared with the first target: see brainjs.test.ts.
const THREE_EQUAL = CLASSES.map(({ input, output: [first = 0] }) => ({ input, output: [first, first, first] }));
const VECTORS = CLASSES.map(({ input }) => input.map((value) => 0.5 + value / 4));
const STEPS = [0, 1, 2].map((k) => [0, 1, 2, 3].map((t) => [0.5 + 0.4 * Math.sin(t + k), 0.5 + 0.4 * Math.cos(t + k)]));
const PAIRS = [
  [[0], [0], [0]],
  [[0], [1], [1]],
  [[1], [0], [1]],
  [[1], [1], [0]],
];

const nets: Record<string, [make: () => unknown, data: unknown, iterations: number]> = {
  NeuralNetwork: [() => dense("sigmoid"), CLASSES, 300],
  NeuralNetworkGPU: [() => gpu("tanh"), CLASSES, 300],
  AE: [ae, VECTORS, 300],
  FeedForward: [() => feedForward(0.01), THREE_EQUAL, 60],
  "residual FeedForward": [residual, ONE, 60],
  "Recurrent of rnnCell": [recurrentRnn, PAIRS, 60],
  "Recurrent of lstmCell": [recurrentLstm, PAIRS, 60],
  RNN: [rnn, TEXT, 30],
  LSTM: [lstm, TEXT, 30],
  GRU: [gru, TEXT, 30],
  RNNTimeStep: [rnnTimeStep, STEPS, 30],
  LSTMTimeStep: [lstmTimeStep, STEPS, 30],
  GRUTimeStep: [gruTimeStep, STEPS, 30],
};

test.each(Object.entries(nets))("%s", (_name, [make, data, iterations]) => {
  const isText = data === TEXT;
  const net = initialize(make() as BrainNet, {
    scheme: "idinit",
    seed: 0,
    // IDInit leaves the table of tokens, which brain.js draws anew each time.
    ...(isText && { initializers: { input: normal({ std: 0.08 }) } }),
  });
  const train = (times: number): number =>
    (net as unknown as { train(data: unknown, options: object): { error: number } }).train(data, {
      iterations: times,
      errorThresh: 1e-9,
      errorCheckInterval: 1,
      ...(isText && { learningRate: 0.003 }),
    }).error;
  const before = train(1);
  const after = train(iterations);
  expect(Number.isFinite(after)).toBe(true);
  expect(after).toBeLessThan(0.9 * before);
});
