import { idi } from "@idinit/core";
import type { GraphNode } from "@idinit/core/graph";
import { tensor } from "@tensorflow/tfjs-core";
import { input, layers, model, type SymbolicTensor, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { toGraph } from "../src/graph.js";
import type { Layer } from "../src/layer.js";
import { read, write } from "../src/weights.js";
import { apply, mlp, recurrentNet, residualMlp, resnet, transformer } from "./models.js";

const nodesOf = (layer: Layer, shape: number[]) => {
  const x = input({ shape });
  return toGraph(model({ inputs: x, outputs: apply(layer, x) })).nodes;
};
const ops = (nodes: readonly GraphNode[]) =>
  nodes.map(({ op, attributes }) => (attributes?.kind ? `${op} ${attributes.kind}` : op));

describe("layouts", () => {
  // IDI sends input channel m mod in to output channel m, so a kernel written through a wrong view gives other outputs.
  const plain = { useBias: false } as const;
  const same = { padding: "same", ...plain } as const;
  const cases: [string, Layer, number[], (m: number) => number][] = [
    ["dense", layers.dense({ units: 5, ...plain }), [3], (m) => m % 3],
    ["dense on sequences", layers.dense({ units: 5, ...plain }), [4, 3], (m) => m % 3],
    ["conv1d", layers.conv1d({ filters: 5, kernelSize: 3, ...same }), [6, 3], (m) => m % 3],
    ["conv2d", layers.conv2d({ filters: 5, kernelSize: [3, 5], ...same }), [6, 7, 3], (m) => m % 3],
    ["conv3d", layers.conv3d({ filters: 5, kernelSize: 3, ...same }), [3, 4, 5, 3], (m) => m % 3],
    ["conv2dTranspose", layers.conv2dTranspose({ filters: 5, kernelSize: 3, ...same }), [6, 7, 3], (m) => m % 3],
    [
      "depthwiseConv2d",
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...same }),
      [6, 7, 3],
      (m) => m >> 1,
    ],
    [
      "separableConv2d",
      layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, ...same }),
      [6, 7, 3],
      (m) => (m % 6) >> 1,
    ],
    ["timeDistributed", layers.timeDistributed({ layer: layers.dense({ units: 5, ...plain }) }), [4, 3], (m) => m % 3],
  ];
  test.each(cases)("%s", (_name, layer, shape, source) => {
    const net = sequential({ layers: [layers.inputLayer({ inputShape: shape }), layer] });
    const graph = toGraph(net);
    const weights = new Map(
      graph.nodes.flatMap((node) => {
        const use = node.slots?.kernel;
        if (use === undefined) throw new Error(`${node.name} has no kernel`);
        const stored = graph.parameters.find(({ name }) => name === use.parameter)?.shape;
        const { layout, groups = 1 } = use;
        return [
          [
            use.parameter,
            idi({ loose: 0, taps: "centre" }).generate(use.shape ?? stored ?? [], { layout, groups }),
          ] as const,
        ];
      }),
    );
    expect(weights.size).toBe(graph.parameters.length);
    write(net, weights);
    const channels = shape.at(-1) as number;
    const size = shape.reduce((a, b) => a * b, 1);
    const x = Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 101) / 10 - 5);
    const y = (net.predict(tensor(x, [1, ...shape])) as ReturnType<typeof tensor>).dataSync();
    const outputs = net.outputs[0]?.shape.at(-1) as number;
    expect(y.length).toBe((size / channels) * outputs);
    y.forEach((value, i) => {
      expect(value).toBe(x[Math.floor(i / outputs) * channels + source(i % outputs)]);
    });
  });

  test("LSTM gates are four equal blocks along out", () => {
    const net = recurrentNet();
    const forward = toGraph(net).nodes.find(({ name }) => name === "both/forward");
    const use = forward?.slots?.inputKernel;
    expect(use).toEqual({ parameter: "both/forward/kernel", layout: "IO", parts: 4 });
    const values = idi({ loose: 0 }).generate([4, 20], { layout: "IO", parts: 4 });
    write(net, new Map([["both/forward/kernel", values]]));
    const kernel = read(net).get("both/forward/kernel") ?? [];
    for (let i = 0; i < 4; i++) for (let m = 0; m < 20; m++) expect(kernel[i * 20 + m]).toBe((m % 5) % 4 === i ? 1 : 0);
  });
});

describe("op table", () => {
  const cases: [string, Layer, number[], string[]][] = [
    ["fused activation", layers.dense({ units: 2, activation: "relu" }), [3], ["dense", "activation relu"]],
    ["fused softmax", layers.dense({ units: 2, activation: "softmax" }), [3], ["dense", "softmax"]],
    [
      "swish",
      layers.conv2d({ filters: 2, kernelSize: 1, activation: "swish" as "relu" }),
      [4, 4, 1],
      ["conv", "activation silu"],
    ],
    ["activation layer", layers.activation({ activation: "tanh" }), [3], ["activation tanh"]],
    ["linear activation", layers.activation({ activation: "linear" }), [3], ["move"]],
    ["leakyReLU", layers.leakyReLU(), [3], ["activation leakyRelu"]],
    ["prelu", layers.prelu({ sharedAxes: [1, 2] }), [4, 4, 3], ["activation prelu"]],
    ["softmax", layers.softmax(), [3], ["softmax"]],
    ["batchNormalization", layers.batchNormalization(), [3], ["norm batch"]],
    ["layerNormalization", layers.layerNormalization(), [3], ["norm layer"]],
    ["flatten", layers.flatten(), [3, 2], ["move"]],
    ["reshape", layers.reshape({ targetShape: [6] }), [3, 2], ["move"]],
    ["permute", layers.permute({ dims: [2, 1] }), [3, 2], ["move"]],
    ["dropout", layers.dropout({ rate: 0.5 }), [3], ["move"]],
    ["zeroPadding2d", layers.zeroPadding2d(), [3, 3, 1], ["pad"]],
    ["maxPooling2d", layers.maxPooling2d({ poolSize: 2 }), [4, 4, 1], ["pool max"]],
    ["globalAveragePooling2d", layers.globalAveragePooling2d({}), [4, 4, 1], ["pool average"]],
    ["upSampling2d", layers.upSampling2d({}), [4, 4, 1], ["upsample"]],
    ["simpleRNN", layers.simpleRNN({ units: 2, recurrentInitializer: "zeros" }), [4, 3], ["recurrent rnn"]],
    [
      "convLstm2d",
      layers.convLstm2d({ filters: 2, kernelSize: 3, recurrentInitializer: "zeros" }),
      [2, 5, 5, 1],
      ["recurrent lstm"],
    ],
  ];
  test.each(cases)("%s", (_name, layer, shape, expected) => {
    expect(ops(nodesOf(layer, shape))).toEqual(expected);
  });

  test("merges of several values become chains of two", () => {
    const values = ["a", "b", "c"].map((name) => input({ shape: [3], name })) as [SymbolicTensor, ...SymbolicTensor[]];
    const outputs = [
      layers.add({ name: "sum" }),
      layers.multiply({ name: "product" }),
      layers.concatenate({ name: "join" }),
    ].map((merge) => apply(merge, values));
    const graph = toGraph(model({ inputs: values, outputs }));
    const simple = graph.nodes.map(({ op, inputs, outputs: made }) => [op, inputs, made]);
    expect(simple).toEqual([
      ["add", ["a", "b"], ["sum/add0"]],
      ["add", ["sum/add0", "c"], ["sum/add1"]],
      ["mul", ["a", "b"], ["product/mul0"]],
      ["mul", ["product/mul0", "c"], ["product/mul1"]],
      ["concat", ["a", "b", "c"], ["join"]],
    ]);
    expect(graph.outputs).toEqual(["sum/add1", "product/mul1", "join"]);
  });

  test("every slot names a parameter and every parameter is used, in all test models", () => {
    for (const net of [mlp(), residualMlp(), resnet(), transformer(), recurrentNet()]) {
      const graph = toGraph(net);
      const used = new Set(
        graph.nodes.flatMap(({ slots }) => Object.values(slots ?? {}).map(({ parameter }) => parameter)),
      );
      expect([...used].sort()).toEqual(graph.parameters.map(({ name }) => name).sort());
      const made = new Set([...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)]);
      for (const name of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs])
        expect(made).toContain(name);
      expect(graph.nodes.filter(({ op }) => op === "opaque")).toEqual([]);
    }
  });
});

describe("structure", () => {
  test("a nested model is opened, its weights named by its path", () => {
    const inner = sequential({ name: "inner", layers: [layers.dense({ name: "fc", units: 3, inputShape: [3] })] });
    const x = input({ shape: [3], name: "x" });
    const graph = toGraph(model({ inputs: x, outputs: apply(inner, apply(inner, x)) }));
    expect(graph.parameters.map(({ name }) => name)).toEqual(["inner/fc/kernel", "inner/fc/bias"]);
    expect(graph.nodes.map(({ name, inputs }) => [name, inputs])).toEqual([
      ["inner/fc", ["x"]],
      ["inner/fc(2)", ["inner/fc"]],
    ]);
  });

  test("a model as first layer of a Sequential keeps its path", () => {
    const inner = sequential({ name: "inner", layers: [layers.dense({ name: "fc", units: 3, inputShape: [3] })] });
    const graph = toGraph(sequential({ layers: [inner, layers.dense({ name: "head", units: 2 })] }));
    expect(graph.nodes.map(({ slots }) => slots?.kernel?.parameter)).toEqual(["inner/fc/kernel", "head/kernel"]);
  });

  test("names do not depend on how many models were made before", () => {
    expect([...read(residualMlp()).keys()]).toEqual([...read(residualMlp()).keys()]);
  });

  test("a shared layer is one parameter in two nodes", () => {
    const shared = layers.dense({ name: "shared", units: 3 });
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const graph = toGraph(
      model({ inputs: [a, b], outputs: apply(layers.concatenate(), [apply(shared, a), apply(shared, b)]) }),
    );
    expect(graph.parameters).toHaveLength(2);
    expect(graph.nodes.filter(({ slots }) => slots?.kernel?.parameter === "shared/kernel")).toHaveLength(2);
  });

  test("a decoder reads its encoder's states", () => {
    const plain = { recurrentInitializer: "zeros", returnState: true } as const;
    const [source, target] = [input({ shape: [4, 3], name: "source" }), input({ shape: [5, 3], name: "target" })];
    const [, ...states] = layers.lstm({ name: "encoder", units: 2, ...plain }).apply(source) as SymbolicTensor[];
    const decoded = layers
      .lstm({ name: "decoder", units: 2, ...plain })
      .apply(target, { initialState: states }) as SymbolicTensor[];
    const graph = toGraph(model({ inputs: [source, target], outputs: decoded[0] as SymbolicTensor }));
    expect(graph.nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [["source"], ["encoder", "encoder:1", "encoder:2"]],
      [
        ["target", "encoder:1", "encoder:2"],
        ["decoder", "decoder:1", "decoder:2"],
      ],
    ]);
  });

  test("only the part of the layer graph that the model uses", () => {
    const x = input({ shape: [3], name: "x" });
    const first = layers.dense({ name: "first", units: 3 });
    const y = apply(first, x);
    apply(layers.dense({ name: "elsewhere", units: 1 }), y);
    const graph = toGraph(model({ inputs: x, outputs: y }));
    expect(graph.nodes.map(({ name }) => name)).toEqual(["first"]);
  });
});
