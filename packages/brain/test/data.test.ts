/** Sizes that follow from the training data: what `initialize(net, { data })` makes is what `train(data)` would make. */
import { describe, expect, test } from "vitest";
import { brainAdapter, initialize } from "../src/index.js";
import { type BrainNet, isBuilt, recognise } from "../src/net.js";
import { ae, brain, denoiser, dense, feedForward, lstm } from "./nets.js";

const { NeuralNetwork, NeuralNetworkGPU, AE, recurrent } = brain;
const shapes = (net: BrainNet) => brainAdapter.toGraph(net).parameters;

const LISTS = [
  { input: [0, 1, 1], output: [1, 0] },
  { input: [1, 0, 0], output: [0, 1] },
];
const OBJECTS = [
  { input: { red: 1, green: 0.5 }, output: { warm: 1 } },
  { input: { blue: 1 }, output: { cold: 1 } },
];
const VECTORS = [
  [0, 1, 1, 0],
  [1, 0, 0, 1],
];

/** What a failed call could have changed; the nets' own toJSON makes weights. */
function stateOf(net: BrainNet): string {
  const known = recognise(net);
  const { sizes, options, inputLookup, outputLookup } = known.net as unknown as Record<string, unknown>;
  return JSON.stringify([isBuilt(known), sizes, options, inputLookup, outputLookup]);
}

/** What `train` of any of the nets takes. */
interface Trained {
  train(data: unknown, options: { iterations: number; errorThresh: number; learningRate: number }): unknown;
}

describe("sizes are those that train(data) finds", () => {
  test.each<[string, () => BrainNet, readonly unknown[]]>([
    ["NeuralNetwork, lists", () => new NeuralNetwork({ hiddenLayers: [4] }), LISTS],
    ["NeuralNetwork, objects", () => new NeuralNetwork({ hiddenLayers: [4] }), OBJECTS],
    ["NeuralNetwork, no hidden layers named", () => new NeuralNetwork(), LISTS],
    ["NeuralNetworkGPU", () => new NeuralNetworkGPU({ hiddenLayers: [4], mode: "cpu" }), OBJECTS],
    ["AE", () => new AE({ hiddenLayers: [5, 2, 5], mode: "cpu" } as object), VECTORS],
    ["RNN, strings", () => new recurrent.RNN({ hiddenLayers: [4] }), ["ab", "ba"]],
    ["GRU, inputs and outputs", () => new recurrent.GRU({ hiddenLayers: [4] }), [{ input: "a", output: "b" }]],
    [
      "LSTM, lists of strings",
      () => new recurrent.LSTM({ hiddenLayers: [4] }),
      [
        ["x", "y"],
        ["y", "z"],
      ],
    ],
    ["RNNTimeStep, numbers", () => new recurrent.RNNTimeStep({ hiddenLayers: [4] }), [[0.1, 0.2, 0.3]]],
    [
      "LSTMTimeStep, vectors",
      () => new recurrent.LSTMTimeStep({ hiddenLayers: [4] }),
      [
        [
          [0.1, 0.2],
          [0.2, 0.3],
        ],
      ],
    ],
    [
      "GRUTimeStep, objects",
      () => new recurrent.GRUTimeStep({ hiddenLayers: [4] }),
      [
        [
          { a: 0.1, b: 0.2 },
          { a: 0.2, b: 0.3 },
        ],
      ],
    ],
    [
      "LSTMTimeStep, inputs and outputs",
      () => new recurrent.LSTMTimeStep({ hiddenLayers: [4] }),
      [{ input: [[0.1, 0.2]], output: [[0.2, 0.3]] }],
    ],
  ])("%s", (_name, make, data) => {
    const options = { iterations: 1, errorThresh: 1e-6, learningRate: 1e-5 };
    const trained = make();
    (trained as unknown as Trained).train(data, options);
    const net = initialize(make(), { data, scheme: "idinit", seed: 0 });
    expect(shapes(net)).toEqual(shapes(trained));
    const first = shapes(net)[0]?.name as string;
    const before = brainAdapter.read(net).get(first) as Float32Array;
    (net as unknown as Trained).train(data, options);
    const after = brainAdapter.read(net).get(first) as Float32Array;
    expect(after).toHaveLength(before.length);
    // One step from IDI's entries, not one from new random ones.
    const distance = Math.hypot(...after.map((value, i) => value - (before[i] as number)));
    expect(distance).toBeLessThan(0.5 * Math.hypot(...before));
  });

  test("AE: decodedSize says it as well, and sizes may", () => {
    expect(denoiser(initialize(ae())).sizes).toEqual([4, 5, 2, 5, 4]);
    expect(denoiser(initialize(new AE({ mode: "cpu" } as object), { sizes: [3, 4, 3] })).sizes).toEqual([3, 4, 3]);
  });

  test("data of a net that has its sizes need only fit", () => {
    const net = initialize(dense());
    const data = [{ input: [1, 2, 3, 4], output: [1, 0, 0] }];
    expect(initialize(net, { data }).sizes).toEqual([4, 6, 5, 3]);
  });
});

describe("data that do not fit are errors that name the layer and leave the net as it was", () => {
  const timeSteps = () => new recurrent.LSTMTimeStep({ hiddenLayers: [4] });
  test.each<[string, () => BrainNet, unknown, string]>([
    ["none", dense, [], "brain: data must be a list with one entry or more"],
    ["no list", dense, "data", "brain: data must be a list with one entry or more"],
    [
      "no input",
      () => new NeuralNetwork(),
      [{ output: [1] }],
      "brain: layer1: data[0].input must be numbers in an array or an object, got undefined",
    ],
    ["no output", () => new NeuralNetwork(), [{ input: [1] }], "brain: layer2: data[0].output must be numbers"],
    [
      "text",
      () => new NeuralNetwork(),
      [{ input: ["a"], output: [1] }],
      "brain: layer1: data[0].input must hold finite numbers, got a",
    ],
    [
      "NaN",
      () => new NeuralNetwork(),
      [{ input: [1], output: [Number.NaN] }],
      "brain: layer2: data[0].output must hold finite numbers, got NaN",
    ],
    [
      "lengths",
      () => new NeuralNetwork(),
      [LISTS[0], { input: [1], output: [1, 0] }],
      "brain: layer1: data[1].input has 1 values, but that of data[0] has 3",
    ],
    [
      "mixed",
      () => new NeuralNetwork(),
      [LISTS[0], OBJECTS[0]],
      "brain: layer1: data[1].input must be an array, as the first of the data",
    ],
    ["empty", () => new NeuralNetwork(), [{ input: [], output: [1] }], "brain: layer1: the data hold no values"],
    [
      "wrong inputs",
      dense,
      [{ input: [1], output: [1, 0, 0] }],
      "brain: layer1: the network has the sizes [4,6,5,3] and not [1,6,5,3], as the data need",
    ],
    [
      "wrong outputs",
      dense,
      [{ input: [1, 2, 3, 4], output: [1] }],
      "brain: layer3: the network has the sizes [4,6,5,3] and not [4,6,5,1], as the data need",
    ],
    ["AE", ae, [[1, 2]], "brain: layer1: the network has the sizes [4,5,2,5,4] and not [2,5,2,5,2], as the data need"],
    ["steps", timeSteps, [[[1, 2], [1]]], "brain: hidden0: step 1 of data[0] must be 2 finite numbers, got [1]"],
    ["step shape", timeSteps, [1, 2], "brain: hidden0: brain.js cannot read the data: unknown data shape"],
    ["text values", () => new recurrent.LSTM(), [{}], "brain: input: brain.js cannot read the data: Unhandled value"],
    [
      "lists of numbers",
      () => new recurrent.LSTM(),
      [[10, 20]],
      "brain: input: brain.js reads lists of numbers as characters before",
    ],
    ["known characters", lstm, ["ab"], "brain: input: the network has a dataFormatter that is set up already"],
    [
      "FeedForward",
      feedForward as () => BrainNet,
      LISTS,
      "brain: the layers of FeedForward and Recurrent have sizes of their own",
    ],
  ])("%s", (_name, make, data, message) => {
    const net = make();
    const before = stateOf(net);
    expect(() => initialize(net, { data: data as readonly unknown[] })).toThrow(message);
    expect(stateOf(net)).toBe(before);
  });

  test("a recurrent net that has its weights", () => {
    const net = initialize(lstm());
    expect(() => initialize(net, { data: ["ab"] })).toThrow("brain: the recurrent network has its weights already");
  });

  test("a time-step net with other outputs than inputs", () => {
    const net = new recurrent.RNNTimeStep({ inputSize: 2, outputSize: 3, hiddenLayers: [4] });
    expect(() => initialize(net)).toThrow("brain: outputConnector: a time-step network predicts its next input");
  });
});
