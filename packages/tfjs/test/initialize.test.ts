import { IdinitError, idi } from "@idinit/core";
import { io, memory, type Tensor, tensor, tidy, train } from "@tensorflow/tfjs-core";
import {
  initializers,
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  sequential,
} from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { IDI, initialize, inspect, KaimingNormal, tfjsAdapter } from "../src/index.js";
import type { Layer } from "../src/layer.js";
import { apply, mlp, residualMlp, resnet, transformer } from "./models.js";

const { read } = tfjsAdapter();

describe("initialize", () => {
  test("sets the weights in place and leaks nothing", () => {
    const net = resnet();
    const before = memory().numTensors;
    expect(initialize(net, { scheme: "idinit", seed: 0 })).toBe(net);
    initialize(net, { scheme: "kaiming", seed: 1 });
    expect(memory().numTensors).toBe(before);
  });

  test("IDInit's values are where the method puts them", () => {
    const weights = read(initialize(residualMlp(), { scheme: "idinit", seed: 0 }));
    const stem = weights.get("stem/kernel") as Float32Array; // [4, 8], in before out
    for (let j = 0; j < 4; j++)
      for (let m = 0; m < 8; m++) expect(stem[j * 8 + m]).toBeCloseTo(m % 4 === j ? Math.SQRT2 : 0, 4);
    const down = weights.get("a_down/kernel") as Float32Array; // [16, 8]: a branch's last weight
    for (let m = 0; m < 8; m++) {
      const row = Array.from({ length: 16 }, (_, j) => down[j * 8 + m] as number);
      expect(row[m]).toBeCloseTo(1e-6, 12);
      expect(row[8 + m]).toBeCloseTo(-1e-6, 12);
      expect(row.filter((value) => value !== 0)).toHaveLength(2);
    }
    expect(weights.get("a_norm/gamma")).toEqual(new Float32Array(8).fill(1));
    expect(weights.get("a_down/bias")).toEqual(new Float32Array(8));
  });

  test("one seed gives every layer another draw, and each layer its own whatever is added", () => {
    const stack = (count: number) =>
      sequential({
        layers: Array.from({ length: count }, (_, i) => layers.dense({ name: `fc${i}`, units: 6, inputShape: [6] })),
      });
    const three = read(initialize(stack(3), { scheme: "orthogonal", seed: 4 }));
    expect(three.get("fc0/kernel")).not.toEqual(three.get("fc1/kernel"));
    const four = read(initialize(stack(4), { scheme: "orthogonal", seed: 4 }));
    expect(four.get("fc1/kernel")).toEqual(three.get("fc1/kernel"));
  });

  test("a class with the weight's name as key gives what initialize gives", () => {
    const kernelInitializer = new KaimingNormal({ key: "fc/kernel", seed: 5 });
    const own = sequential({ layers: [layers.dense({ name: "fc", units: 6, inputShape: [6], kernelInitializer })] });
    const whole = sequential({ layers: [layers.dense({ name: "fc", units: 6, inputShape: [6] })] });
    initialize(whole, { initializers: { "fc/kernel": idi() }, seed: 5 });
    const idiClass = new IDI({ key: "fc/kernel", seed: 5 });
    const third = sequential({
      layers: [layers.dense({ name: "fc", units: 6, inputShape: [6], kernelInitializer: idiClass })],
    });
    expect(read(third).get("fc/kernel")).toEqual(read(whole).get("fc/kernel"));
    expect(read(own).get("fc/kernel")).not.toEqual(read(whole).get("fc/kernel"));
  });

  test("a saved and loaded model is initialized alike", async () => {
    let saved: io.ModelArtifacts | undefined;
    const handler = io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    });
    const net = initialize(resnet(), { scheme: "kaiming", seed: 2 });
    await net.save(handler);
    const loaded = await loadLayersModel(io.fromMemory(saved as io.ModelArtifacts));
    expect(read(loaded)).toEqual(read(net));
    expect(read(initialize(loaded, { scheme: "kaiming", seed: 2 }))).toEqual(read(net));
  });
});

describe("every kind of layer", () => {
  const zeros = { recurrentInitializer: "zeros" } as const;
  const plain = { ...zeros, returnSequences: true } as const;
  const same = { padding: "same" } as const;
  const image = [8, 8, 3];
  const cells = () => [layers.lstmCell({ units: 3, ...zeros }), layers.gruCell({ units: 4, ...zeros })];
  const cases: [string, Layer, number[]][] = [
    ["dense on sequences", layers.dense({ units: 4 }), [5, 3]],
    ["conv1d", layers.conv1d({ filters: 4, kernelSize: 3 }), [8, 3]],
    ["conv2d", layers.conv2d({ filters: 4, kernelSize: 3, ...same }), image],
    ["conv3d", layers.conv3d({ filters: 4, kernelSize: 2 }), [4, 4, 4, 2]],
    ["depthwiseConv2d", layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...same }), image],
    ["separableConv2d", layers.separableConv2d({ filters: 4, kernelSize: 3, ...same }), image],
    ["conv2dTranspose", layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, ...same }), image],
    ["conv3dTranspose", layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }), [2, 2, 2, 3]],
    ["stacked cells", layers.rnn({ cell: cells(), returnSequences: true }), [5, 3]],
    ["simpleRNN", layers.simpleRNN({ units: 4, ...plain }), [5, 3]],
    ["lstm", layers.lstm({ units: 4, ...plain }), [5, 3]],
    ["gru", layers.gru({ units: 4, ...plain }), [5, 3]],
    ["convLstm2d", layers.convLstm2d({ filters: 2, kernelSize: 3, ...plain }), [2, 6, 6, 1]],
    ["bidirectional", layers.bidirectional({ layer: layers.lstm({ units: 4, ...plain }), mergeMode: "sum" }), [5, 3]],
    ["timeDistributed", layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3 }) }), [2, ...image]],
    ["prelu", layers.prelu({ sharedAxes: [1, 2] }), image],
    ["batchNormalization", layers.batchNormalization(), image],
    ["layerNormalization", layers.layerNormalization(), [5, 3]],
  ];
  test.each(cases)("%s: every scheme can serve it", (_name, layer, inputShape) => {
    const net = sequential({
      layers: [layers.inputLayer({ inputShape }), layer, layers.flatten(), layers.dense({ name: "head", units: 2 })],
    });
    for (const scheme of ["idinit", "kaiming", "xavier", "orthogonal", "pytorch", "keras", "zero"] as const) {
      initialize(net, { scheme, seed: 1 });
      const weights = read(net);
      for (const [name, values] of weights) expect(values.every(Number.isFinite), name).toBe(true);
      expect(inspect(net, { scheme }).filter(({ role }) => role === "unused")).toEqual([]);
    }
  });
});

describe("training from there", () => {
  const separable = (size: number, shape: number[]) => {
    const xs = Float32Array.from({ length: 32 * size }, (_, i) => Math.sin(i * 12.9898) * 2);
    const ys = Float32Array.from({ length: 32 * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
    for (let row = 0; row < 32; row++)
      for (let j = 0; j < size; j++)
        xs[row * size + j] = (xs[row * size + j] as number) * 0.5 + (j % 3 === row % 3 ? 1 : 0);
    return { x: tensor(xs, [32, ...shape]), y: tensor(ys, [32, 3]) };
  };

  test.each([
    ["MLP", mlp, [6], "idinit"],
    ["MLP", mlp, [6], "kaiming"],
    ["residual MLP", residualMlp, [4], "idinit"],
  ] as const)("%s %#: the loss falls and no gradient step is dead", async (_name, make, shape, scheme) => {
    const { x, y } = separable(shape[0], [...shape]);
    const net = initialize(make(), { scheme, seed: 0 });
    net.compile({ optimizer: train.adam(0.05), loss: make === mlp ? "categoricalCrossentropy" : "meanSquaredError" });
    const before = read(net);
    const history = await net.fit(x, y, { epochs: 15, batchSize: 32, shuffle: false, verbose: 0 });
    const losses = history.history.loss as number[];
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.8);
    const after = read(net);
    for (const [name, values] of before)
      if (name.endsWith("/kernel")) expect(after.get(name), name).not.toEqual(values);
  });

  test("a residual network starts as its shortcuts: blocks change nothing, and nothing is dead", () => {
    const net = initialize(residualMlp(), { scheme: "idinit", seed: 0 });
    const x = tensor([[0.5, 1, -0.25, 2]]);
    const at = (name: string) =>
      tidy(() =>
        (model({ inputs: net.inputs, outputs: net.getLayer(name).output }).predict(x) as Tensor).dataSync().slice(),
      );
    const [stem, last] = [at("stem"), at("b_add")];
    expect(Math.max(...stem)).toBeGreaterThan(0.5);
    last.forEach((value, i) => {
      expect(Math.abs(value - (stem[i] as number))).toBeLessThan(1e-4);
    });
  });
});

describe("inspect", () => {
  test("tells each weight's role and why, and changes nothing", () => {
    const net = transformer();
    const before = read(net);
    const sites = inspect(net);
    expect(sites.find(({ parameter }) => parameter === "q/kernel")).toMatchObject({
      role: "query",
      shape: [8, 8],
    });
    for (const { reason } of sites) expect(reason).not.toBe("");
    expect(read(net)).toEqual(before);
  });
});

describe("what cannot be decided", () => {
  class Mystery extends layers.Layer {
    static className = "Mystery";
    override build() {
      this.addWeight("matrix", [4, 4], "float32", initializers.zeros());
    }
    override computeOutputShape(shape: number[]) {
      return shape;
    }
  }
  const net = (): LayersModel => {
    const x = input({ shape: [4] });
    const mystery: Layer = new Mystery({ name: "mystery" });
    const y = apply(mystery, apply(layers.dense({ name: "first", units: 4, activation: "relu" }), x));
    return model({ inputs: x, outputs: apply(layers.dense({ name: "head", units: 2 }), y) });
  };

  test("an unknown layer with a matrix is an error that names the weight and the override, and nothing is written", () => {
    const made = net();
    const before = read(made);
    expect(() => initialize(made)).toThrow(IdinitError);
    expect(() => initialize(made)).toThrow(/mystery\/matrix/);
    expect(read(made)).toEqual(before);
  });

  test("the override, or a description, decides it", () => {
    const named = read(initialize(net(), { roles: { "mystery/matrix": "hidden" } }));
    const Described = () => [{ op: "dense" as const, slots: { kernel: { weight: "matrix", layout: "IO" as const } } }];
    const described = read(initialize(net(), { layers: { Mystery: Described } }));
    expect(described.get("mystery/matrix")?.[0]).toBeCloseTo(1, 4);
    expect(named.get("mystery/matrix")).toEqual(described.get("mystery/matrix"));
  });
});
