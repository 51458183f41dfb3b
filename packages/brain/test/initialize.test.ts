import { constant, IdinitError } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { brainAdapter, initialize, inspect } from "../src/index.js";
import {
  ae,
  brain,
  denoiser,
  dense,
  feedForward,
  gpu,
  gru,
  lstm,
  recurrentLstm,
  recurrentRnn,
  rnn,
  TEXT,
} from "./nets.js";

const { read } = brainAdapter;

describe("initialize", () => {
  test.each([
    ["NeuralNetwork", dense],
    ["NeuralNetworkGPU", gpu],
  ] as const)("%s: makes the arrays, then sets them", (_name, make) => {
    const net = make("relu");
    expect(initialize(net, { scheme: "idinit", seed: 0 })).toBe(net);
    const weights = read(net);
    const first = weights.get("layer1.weight") as Float32Array; // [6, 4]
    first.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.floor(i / 4) % 4 === i % 4 ? Math.SQRT2 : 0, 4);
    });
    expect(weights.get("layer2.bias")).toEqual(new Float32Array(5));
  });

  test("FeedForward and recurrent nets are made as well", () => {
    for (const make of [feedForward, rnn, lstm, gru])
      expect(read(initialize(make() as ReturnType<typeof rnn>)).size).toBeGreaterThan(0);
  });

  test("the same seed gives the same weights on the CPU and on gpu.js", () => {
    const options = { scheme: "kaiming", seed: 6 } as const;
    expect(read(initialize(gpu("relu"), options))).toEqual(read(initialize(dense("relu"), options)));
  });

  test("sizes that brain.js would learn from the data can be given", () => {
    const net = initialize(new brain.NeuralNetwork(), { sizes: [2, 3, 1] });
    expect(net.sizes).toEqual([2, 3, 1]);
    expect(net.run([0.5, -1])).toHaveLength(1);
  });

  test("a trained net can be initialized again", () => {
    const net = initialize(dense(), { seed: 1 });
    const before = read(net);
    net.train([{ input: [0, 1, 0, 1], output: [1, 0, 0] }], { iterations: 3 });
    expect(read(net)).not.toEqual(before);
    expect(read(initialize(net, { seed: 1 }))).toEqual(before);
  });
});

describe("training from there", () => {
  const data = Array.from({ length: 12 }, (_, row) => ({
    input: [0, 1, 2, 3].map((j) => 0.5 * Math.sin(row * 7 + j * 3) + (row % 3 === j ? 1 : 0)),
    output: [0, 1, 2].map((j) => (row % 3 === j ? 0.9 : 0.1)),
  }));

  test.each(["idinit", "xavier"] as const)("NeuralNetwork learns from %s", (scheme) => {
    const net = initialize(dense("sigmoid"), { scheme, seed: 0 });
    const errors: number[] = [];
    net.train(data, {
      iterations: 400,
      errorThresh: 1e-6,
      callbackPeriod: 1,
      callback: ({ error }) => errors.push(error),
    });
    expect(errors.at(-1)).toBeLessThan((errors[0] as number) * 0.5);
  });

  test("LSTM learns from idinit", () => {
    const net = initialize(lstm(), { scheme: "idinit", seed: 0 });
    const errors: number[] = [];
    net.train(TEXT, { iterations: 30, callbackPeriod: 1, callback: ({ error }) => errors.push(error) });
    expect(errors.at(-1)).toBeLessThan(errors[0] as number);
  });
});

test("inspect tells roles and changes nothing", () => {
  const net = dense();
  expect(inspect(net).map(({ parameter, role }) => [parameter, role])).toContainEqual(["layer3.weight", "head"]);
  expect(net.weights).toEqual([]);
});

test("inspect tells an autoencoder by its options, and changes nothing", () => {
  const net = ae();
  expect(inspect(net).map(({ role }) => role)).toEqual([
    "first",
    "bias",
    "hidden",
    "bias",
    "hidden",
    "bias",
    "head",
    "bias",
  ]);
  expect(denoiser(net).weights).toEqual([]);
});

describe("gates", () => {
  test.each([
    ["LSTM", lstm, "forgetHidden", 'recurrent kernel of recurrent node "hidden0.forget"'],
    ["GRU", gru, "resetGateInputMatrix", 'input kernel of recurrent node "hidden0.resetGate"'],
    ["RNN", rnn, "transition", 'recurrent kernel of recurrent node "hidden0.cell"'],
  ] as const)("%s: the reason names the gate", (_name, make, parameter, reason) => {
    const net = initialize(make() as ReturnType<typeof lstm>);
    expect(inspect(net).find((each) => each.parameter === `hidden0.${parameter}`)?.reason).toBe(reason);
  });

  test("one gate's values by name, the others by the scheme", () => {
    const net = initialize(lstm(), { initializers: { "hidden0.forgetBias": constant(1) } });
    const weights = read(net);
    expect(weights.get("hidden0.forgetBias")).toEqual(new Float32Array(5).fill(1));
    expect(weights.get("hidden0.inputBias")).toEqual(new Float32Array(5));
    weights.get("hidden0.forgetHidden")?.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.floor(i / 5) === i % 5 ? 1 : 0, 4);
    });
  });

  test("IRNN takes the plain cell of Recurrent and refuses the one with gates", () => {
    const weights = read(initialize(recurrentRnn(), { scheme: "irnn" }));
    expect([...(weights.get("hidden0.transition") as Float32Array)]).toEqual([
      1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1,
    ]);
    expect(() => initialize(recurrentLstm(), { scheme: "irnn" })).toThrow("has gates");
  });
});

describe("what cannot be served", () => {
  test("sizes unknown, wrong or other than the net's", () => {
    expect(() => initialize(new brain.NeuralNetwork())).toThrow(
      /construct it with inputSize, hiddenLayers and outputSize, or pass sizes/,
    );
    expect(() => initialize(new brain.NeuralNetwork(), { sizes: [2, 0] })).toThrow(
      "brain: sizes must be two or more integers >= 1, got [2,0]",
    );
    expect(() => initialize(dense(), { sizes: [4, 3] })).toThrow(
      "brain: layer1: the network has the sizes [4,6,5,3] and not [4,3]",
    );
    expect(() => initialize(new brain.AE(), { sizes: [4, 5, 3] })).toThrow(
      "brain: layer2: an autoencoder has as many outputs as inputs, got the sizes [4,5,3]",
    );
    expect(() => initialize(rnn(), { sizes: [4, 3] })).toThrow(IdinitError);
  });

  test("a text net that does not know its characters", () => {
    expect(() => initialize(new brain.recurrent.LSTM())).toThrow(
      /construct it with dataFormatter: new utilities.DataFormatter\(trainingData\)/,
    );
  });
});
