import { IdinitError } from "@idinit/core";
import type { Graph } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { toGraph } from "../src/graph.js";
import type { BrainNet } from "../src/net.js";
import {
  brain,
  built,
  dense,
  feedForward,
  gpu,
  gru,
  lstm,
  lstmTimeStep,
  recurrentLstm,
  recurrentRnn,
  rnn,
} from "./nets.js";

const ops = ({ nodes }: Graph) =>
  nodes.map(({ op, attributes }) => (attributes?.kind ? `${op} ${attributes.kind}` : op));

test.each([
  ["NeuralNetwork", dense],
  ["NeuralNetworkGPU", gpu],
] as const)("%s: dense layers, each followed by the activation", (_name, make) => {
  const graph = toGraph(make("leaky-relu"));
  expect(ops(graph)).toEqual(Array(3).fill(["dense", "activation leakyRelu"]).flat());
  expect(graph.parameters).toEqual([
    { name: "layer1.weight", shape: [6, 4] },
    { name: "layer1.bias", shape: [6] },
    { name: "layer2.weight", shape: [5, 6] },
    { name: "layer2.bias", shape: [5] },
    { name: "layer3.weight", shape: [3, 5] },
    { name: "layer3.bias", shape: [3] },
  ]);
});

test("FeedForward: a product and a sum are one dense node", () => {
  const graph = toGraph(built(feedForward()));
  expect(ops(graph)).toEqual(["dense", "activation sigmoid", "dense", "activation sigmoid", "move"]);
  expect(graph.parameters).toEqual([
    { name: "layer1.weight", shape: [6, 4] },
    { name: "layer1.bias", shape: [6, 1] },
    { name: "layer2.weight", shape: [3, 6] },
    { name: "layer2.bias", shape: [3, 1] },
  ]);
  expect(graph.nodes[2]?.slots).toEqual({
    kernel: { parameter: "layer2.weight", layout: "OI" },
    bias: { parameter: "layer2.bias", layout: "O", shape: [3] },
  });
});

test("FeedForward: other layers", () => {
  const { layer, FeedForward } = brain;
  const net = new FeedForward({
    inputLayer: () => layer.input({ height: 4 }),
    hiddenLayers: [(input) => layer.tanh(layer.multiply(layer.random({ height: 4, width: 4 }), input))],
    outputLayer: (input) =>
      layer.target({ height: 4 }, layer.add(input, layer.multiply(layer.random({ height: 4, width: 4 }), input))),
  });
  expect(ops(toGraph(built(net)))).toEqual(["dense", "activation tanh", "dense", "add", "move"]);
});

describe("recurrent", () => {
  test.each([
    ["RNN", rnn, ["recurrent rnn", "activation relu"]],
    ["LSTM", lstm, [...Array(4).fill("recurrent lstm"), "mul", "mul", "mul"]],
    ["GRU", gru, [...Array(3).fill("recurrent gru"), "mul", "mul"]],
  ] as const)("%s: the tokens' table, a recurrent node per gate, the output layer", (_name, make, layer) => {
    const graph = toGraph(built(make() as ReturnType<typeof rnn>));
    expect(ops(graph)).toEqual(["embedding", ...layer, ...layer, "dense", "softmax"]);
    const used = graph.nodes.flatMap(({ slots }) => Object.values(slots ?? {}).map(({ parameter }) => parameter));
    expect(used.sort()).toEqual(graph.parameters.map(({ name }) => name).sort());
  });

  test("time steps: numbers in, numbers out", () => {
    expect(ops(toGraph(built(lstmTimeStep())))).toEqual([
      ...Array(4).fill("recurrent lstm"),
      "mul",
      "mul",
      "mul",
      "dense",
    ]);
  });
});

describe("Recurrent: one time step, a recurrent node per gate", () => {
  test("rnnCell", () => {
    const graph = toGraph(built(recurrentRnn()));
    expect(ops(graph)).toEqual(["recurrent rnn", "activation relu", "dense", "move"]);
    expect(graph.nodes[0]?.slots).toEqual({
      inputKernel: { parameter: "hidden0.weight", layout: "OI" },
      recurrentKernel: { parameter: "hidden0.transition", layout: "OI" },
      bias: { parameter: "hidden0.bias", layout: "O", shape: [4] },
    });
    expect(graph.inputs).toEqual(["input0"]);
  });

  test("lstmCell", () => {
    const kinds = ops(toGraph(built(recurrentLstm())));
    expect(kinds.filter((op) => op === "recurrent lstm")).toHaveLength(4);
    expect(kinds.filter((op) => op === "dense")).toHaveLength(1);
  });
});

describe("networks that cannot be served", () => {
  test("sizes unknown", () => {
    expect(() => toGraph(new brain.NeuralNetwork({ hiddenLayers: [3] }))).toThrow(
      /sizes are not known before training: construct it with inputSize/,
    );
  });

  test("no weights yet", () => {
    for (const net of [feedForward(), rnn()]) expect(() => toGraph(net)).toThrow("call its initialize() first");
  });

  test("what is no network", () => {
    for (const thing of [{}, null, "net"]) expect(() => toGraph(thing as unknown as BrainNet)).toThrow(IdinitError);
  });

  test("a layer whose weights brain.js does not train", () => {
    const { layer, FeedForward } = brain;
    const net = new FeedForward({
      inputLayer: () => layer.input({ height: 4 }),
      hiddenLayers: [(input) => layer.fullyConnected({ width: 1, height: 4 } as never, input)],
      outputLayer: (input) => layer.target({ height: 4 }, input),
    });
    expect(() => toGraph(built(net))).toThrow(/FullyConnected, whose filters brain.js does not train/);
  });

  test("a cell of one's own", () => {
    const net = built(rnn());
    (net.model.hiddenLayers[0] as Record<string, unknown>).weight = undefined;
    delete (net.model.hiddenLayers[0] as Record<string, unknown>).weight;
    expect(() => toGraph(net)).toThrow(
      "brain: hidden0 is no known cell; expected the arrays of an RNN, LSTM or GRU, got transition, bias",
    );
  });
});
