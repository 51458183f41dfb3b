import { IdinitError } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { initialize } from "../src/index.js";
import type { BrainNet } from "../src/net.js";
import { read, write } from "../src/weights.js";
import {
  ae,
  brain,
  built,
  denoiser,
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

/** Small different values for every parameter. */
const counted = (net: BrainNet) =>
  new Map(
    [...read(net)].map(
      ([name, values], n) => [name, values.map((_, i) => Math.fround(((n * 31 + i * 17) % 23) / 23 - 0.5))] as const,
    ),
  );

const nets = {
  dense,
  gpu,
  ae,
  feedForward,
  residual,
  recurrentRnn,
  recurrentLstm,
  rnn,
  lstm,
  gru,
  rnnTimeStep,
  lstmTimeStep,
  gruTimeStep,
};

describe.each(Object.entries(nets))("%s", (_name, make) => {
  test("what is written is read, and copies are kept", () => {
    const net = built((make as () => BrainNet)());
    const weights = counted(net);
    write(net, weights);
    expect(read(net)).toEqual(weights);
    const [name, values] = [...weights][0] as [string, Float32Array];
    const [first] = values;
    values.fill(9);
    read(net).get(name)?.fill(9);
    expect(read(net).get(name)?.[0]).toBe(first);
  });

  test("all or nothing", () => {
    const net = built((make as () => BrainNet)());
    const before = read(net);
    const [name, values] = [...before][0] as [string, Float32Array];
    const good = [name, values.map(() => 1)] as const;
    expect(() => write(net, new Map([good, ["layer9.weight", values]]))).toThrow(
      /no parameter "layer9.weight"; it has /,
    );
    const [last] = [...before.keys()].slice(-1) as [string];
    expect(() => write(net, new Map([good, [last, new Float32Array(99)]]))).toThrow(/needs \d+ values, got 99/);
    expect(read(net)).toEqual(before);
  });
});

describe("brain.js computes with the written weights", () => {
  const x = [0.5, -1, 0.25, 2];
  const forward = (weights: ReadonlyMap<string, Float32Array>, activation: (v: number) => number, layers: number) => {
    let value = x;
    for (let layer = 1; layer <= layers; layer++) {
      const bias = weights.get(`layer${layer}.bias`) as Float32Array;
      const weight = weights.get(`layer${layer}.weight`) as Float32Array;
      const input = value;
      value = [...bias].map((b, m) =>
        activation(input.reduce((sum, v, j) => sum + v * (weight[m * input.length + j] as number), b)),
      );
    }
    return value;
  };
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  const leaky = (v: number) => Math.max(v, 0.01 * v);
  test.each([
    ["NeuralNetwork tanh", () => dense("tanh"), Math.tanh, 3],
    ["NeuralNetwork relu", () => dense("relu"), (v: number) => Math.max(v, 0), 3],
    ["NeuralNetwork sigmoid", () => dense("sigmoid"), sigmoid, 3],
    ["NeuralNetwork leaky-relu", () => dense("leaky-relu"), leaky, 3],
    ["NeuralNetworkGPU", gpu, Math.tanh, 3],
    ["FeedForward", feedForward, sigmoid, 2],
  ] as const)("%s", (_name, make, activation, layers) => {
    const net = built((make as () => BrainNet)()) as ReturnType<typeof dense>;
    const weights = counted(net);
    write(net, weights);
    const expected = forward(weights, activation, layers);
    const output = [...(net.run(x) as unknown as ArrayLike<number>[] | number[])].flatMap((v) =>
      typeof v === "number" ? [v] : Array.from(v),
    );
    expect(output).toHaveLength(3);
    output.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  });

  test("LSTMTimeStep", () => {
    const net = built(lstmTimeStep()) as ReturnType<typeof lstmTimeStep>;
    const weights = counted(net);
    write(net, weights);
    const use = (name: string, v: number[]) => {
      const weight = weights.get(name) as Float32Array;
      return Array.from({ length: weight.length / v.length }, (_, m) =>
        v.reduce((sum, each, j) => sum + each * (weight[m * v.length + j] as number), 0),
      );
    };
    const vector = (name: string) => [...(weights.get(name) as Float32Array)];
    const input = [0.5, -0.25];
    // From a zero state the recurrent kernels do not show, and neither does the forget gate.
    const gate = (name: string, f: (v: number) => number) => {
      const bias = vector(`hidden0.${name}Bias`);
      return use(`hidden0.${name}Matrix`, input).map((v, m) => f(v + (bias[m] as number)));
    };
    const [i, o, c] = [gate("input", sigmoid), gate("output", sigmoid), gate("cellActivation", Math.tanh)];
    const state = o.map((v, m) => v * Math.tanh((i[m] as number) * (c[m] as number)));
    const bias = vector("output");
    const expected = use("outputConnector", state).map((v, m) => v + (bias[m] as number));
    (net as unknown as { bindEquation(): void }).bindEquation();
    const output = [...(net.run([input]) as unknown as Float32Array)];
    output.forEach((value, m) => {
      expect(value).toBeCloseTo(expected[m] as number, 5);
    });
  });
});

describe("the weights survive", () => {
  const data = [
    { input: [0, 1, 0, 1], output: [1, 0, 0] },
    { input: [1, 0, 1, 0], output: [0, 0, 1] },
  ];

  test.each([
    ["NeuralNetwork", dense],
    ["NeuralNetworkGPU", gpu],
    ["FeedForward", feedForward],
  ] as const)("%s: training starts from them", (_name, make) => {
    const net = built((make as () => BrainNet)()) as ReturnType<typeof dense>;
    const weights = counted(net);
    write(net, weights);
    net.train(data, { iterations: 1, learningRate: 1e-4 });
    const after = read(net);
    let moved = 0;
    for (const [name, values] of weights) {
      const now = after.get(name) as Float32Array;
      values.forEach((value, i) => {
        moved = Math.max(moved, Math.abs(value - (now[i] as number)));
      });
    }
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(0.01);
  });

  test.each([
    ["RNN", rnn],
    ["LSTM", lstm],
    ["GRU", gru],
  ] as const)("%s: training starts from them", (_name, make) => {
    const net = built((make as () => BrainNet)()) as ReturnType<typeof rnn>;
    const weights = counted(net);
    write(net, weights);
    net.train(TEXT, { iterations: 1, learningRate: 1e-5 });
    const after = read(net);
    expect(after).not.toEqual(weights);
    for (const [name, values] of weights) {
      values.forEach((value, i) => {
        expect(Math.abs(value - (after.get(name)?.[i] as number))).toBeLessThan(0.01);
      });
    }
  });

  test.each([
    ["NeuralNetwork", dense, () => new brain.NeuralNetwork()],
    ["NeuralNetworkGPU", gpu, () => new brain.NeuralNetworkGPU({ mode: "cpu" })],
    ["RNN", rnn, () => new brain.recurrent.RNN()],
    ["LSTM", lstm, () => new brain.recurrent.LSTM()],
    ["GRU", gru, () => new brain.recurrent.GRU()],
    ["RNNTimeStep", rnnTimeStep, () => new brain.recurrent.RNNTimeStep()],
    ["LSTMTimeStep", lstmTimeStep, () => new brain.recurrent.LSTMTimeStep()],
    ["GRUTimeStep", gruTimeStep, () => new brain.recurrent.GRUTimeStep()],
  ] as const)("%s: toJSON and fromJSON", (_name, make, empty) => {
    const net = initialize((make as () => BrainNet)(), { scheme: "kaiming", seed: 4 });
    const json = JSON.parse(JSON.stringify((net as ReturnType<typeof dense>).toJSON()));
    const copy = (empty() as ReturnType<typeof dense>).fromJSON(json) as BrainNet;
    expect(read(copy)).toEqual(read(net));
  });

  test.each([
    ["FeedForward", feedForward],
    ["residual FeedForward", residual],
  ] as const)("%s: toJSON and fromJSON", (_name, make) => {
    const net = initialize(make() as ReturnType<typeof residual>, { scheme: "kaiming", seed: 4 });
    const copy = brain.FeedForward.fromJSON(JSON.parse(JSON.stringify(net.toJSON())));
    copy.initialize();
    expect(read(copy)).toEqual(read(net));
    expect(copy.run([0.5, -1, 0.25, 2])).toEqual(net.run([0.5, -1, 0.25, 2]));
  });

  test("AE: toJSON and fromJSON of the net inside", () => {
    const net = initialize(ae(), { scheme: "kaiming", seed: 4 });
    const copy = new brain.NeuralNetworkGPU({ mode: "cpu" }).fromJSON(
      JSON.parse(JSON.stringify(denoiser(net).toJSON())),
    );
    expect(read(copy)).toEqual(read(net));
  });
});

test("textures, as a GPU leaves them after training, are read and replaced", () => {
  const net = built(gpu());
  const rows = Array.from({ length: 6 }, (_, i) => Float32Array.of(i, 1, 2, 3));
  let deleted = 0;
  const texture = { toArray: () => rows, delete: () => deleted++ };
  (net.weights as unknown[])[1] = texture;
  expect(read(net).get("layer1.weight")).toEqual(Float32Array.from(rows.flatMap((row) => [...row])));
  write(net, new Map([["layer1.weight", new Float32Array(24).fill(0.5)]]));
  expect(deleted).toBe(1);
  expect(net.weights[1]).toEqual(Array(6).fill(new Float32Array(4).fill(0.5)));
});

test("a decoder of other weights is dropped", () => {
  const net = initialize(ae());
  net.train([[0, 1, 0, 1]], { iterations: 1 });
  expect(net.decode([0.5, 0.5])).toHaveLength(4);
  initialize(net);
  expect(() => net.decode([0.5, 0.5])).toThrow("before it is trained");
});

test("a network without weights is an error that says what to do", () => {
  for (const net of [new brain.NeuralNetwork(), dense(), ae(), rnn(), feedForward(), recurrentRnn()]) {
    expect(() => read(net)).toThrow(
      new IdinitError("brain: the network has no weights yet: call its initialize() first"),
    );
  }
});
