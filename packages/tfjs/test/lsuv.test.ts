import "@tensorflow/tfjs-backend-cpu";
import { constant, IdinitError } from "@idinit/core";
import { memory, randomNormal, type Tensor, tensor, zeros } from "@tensorflow/tfjs-core";
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { initialize, lsuv } from "../src/index.js";
import { read } from "../src/weights.js";
import { apply, mlp, residualMlp, resnet, transformer } from "./models.js";

const normal = (...shape: number[]) => randomNormal(shape, 0.5, 2, "float32", 7);
const tokens = () =>
  tensor(
    Int32Array.from({ length: 60 }, (_, i) => (i * 7 + 3) % 20),
    [12, 5],
    "int32",
  );

function variance(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
}

/** What a layer without activation makes, by a model that ends there. */
function outputOf(net: LayersModel, name: string, batch: Tensor): ArrayLike<number> {
  const part = model({ inputs: net.inputs, outputs: net.getLayer(name).output as SymbolicTensor });
  return (part.predict(batch, { batchSize: batch.shape[0]! }) as Tensor).dataSync();
}

const hasActivation = (net: LayersModel, name: string) => {
  const { activation } = net.getLayer(name).getConfig() as { activation?: string };
  return activation !== undefined && activation !== "linear";
};

describe("lsuv", () => {
  test.each<[string, () => LayersModel, () => Tensor]>([
    ["residual MLP", residualMlp, () => normal(32, 4)],
    ["ResNet", resnet, () => normal(6, 8, 8, 3)],
    ["Transformer", transformer, tokens],
  ])("%s: the variance of every layer's output is 1", async (_, make, makeBatch) => {
    const net = make();
    const batch = makeBatch();
    const found = await lsuv(net, { batch, seed: 2, tolerance: 0.01 });
    expect(found.length).toBeGreaterThan(4);
    let checked = 0;
    for (const { parameter, converged } of found) {
      expect(converged, parameter).toBe(true);
      const name = parameter.split("/")[0]!;
      if (hasActivation(net, name)) continue;
      expect(Math.abs(variance(outputOf(net, name, batch)) - 1), parameter).toBeLessThan(0.011);
      checked++;
    }
    expect(checked).toBeGreaterThan(2);
  });

  test("what is measured comes before the activation, and the kernels stay orthogonal", async () => {
    const net = mlp();
    const batch = normal(40, 6);
    const [first] = await lsuv(net, { batch, seed: 2, tolerance: 1e-3 });
    expect(first).toMatchObject({ parameter: "fc1/kernel", converged: true });
    const [x, w] = [batch.dataSync(), read(net).get("fc1/kernel")!];
    // [40, 6] · [6, 12] without the ReLU.
    const products = Array.from({ length: 480 }, (_, at) => {
      const [row, column] = [Math.floor(at / 12), at % 12];
      return Array.from({ length: 6 }, (_, j) => x[row * 6 + j]! * w[j * 12 + column]!).reduce((a, b) => a + b, 0);
    });
    expect(variance(products)).toBeCloseTo(first!.variance, 4);
    const plain = read(initialize(mlp(), { scheme: "orthogonal", seed: 2 })).get("fc1/kernel")!;
    const ratio = w[0]! / plain[0]!;
    expect(w.every((value, i) => Math.abs(value - ratio * plain[i]!) < 1e-5)).toBe(true);
  });

  test("layers in nested models, wrapped and shared ones, regularized ones", async () => {
    const inner = sequential({
      name: "inner",
      layers: [layers.dense({ name: "deep", units: 6, inputShape: [4], activation: "tanh" })],
    });
    const x = input({ shape: [5, 4] });
    const wrapped = layers.timeDistributed({ name: "each", layer: inner });
    const shared = layers.dense({
      name: "shared",
      units: 6,
      useBias: false,
      kernelRegularizer: "l1l2",
      kernelConstraint: "nonNeg",
    });
    const y = apply(layers.add(), [
      apply(shared, apply(wrapped, x)),
      apply(shared, apply(layers.dense({ name: "other", units: 6 }), x)),
    ]);
    const net = model({ inputs: x, outputs: apply(layers.conv1d({ name: "conv", filters: 3, kernelSize: 2 }), y) });
    const found = await lsuv(net, { batch: normal(20, 5, 4), initializers: { "shared/kernel": "leave" } });
    expect(found.map(({ parameter }) => parameter).sort()).toEqual(
      ["conv/kernel", "each/deep/kernel", "other/kernel"].sort(),
    );
    for (const { converged, parameter } of found) expect(converged, parameter).toBe(true);
  });

  test("no tensor is left behind, and the model trains on with its own layers", async () => {
    const net = residualMlp();
    const batch = normal(16, 4);
    const before = memory().numTensors;
    await lsuv(net, { batch });
    expect(memory().numTensors).toBe(before);
    expect(net.layers.map(({ name }) => name)).toEqual(
      residualMlp().layers.map(({ name }) => expect.stringContaining(name.replace(/\d+$/, ""))),
    );
  });

  test("a layer that does not show what its kernels make is an error that names the way out; the model is as it was", async () => {
    const net = sequential({
      layers: [
        layers.dense({ name: "first", units: 12, inputShape: [12] }),
        layers.reshape({ targetShape: [2, 2, 3] }),
        layers.separableConv2d({ name: "cut", filters: 4, kernelSize: 2 }),
      ],
    });
    const before = read(net);
    const call = lsuv(net, { batch: normal(8, 12) });
    await expect(call).rejects.toThrow(IdinitError);
    await expect(call).rejects.toThrow(
      /lsuv: what "cut\/depthwise_kernel" makes cannot be had from a layer of class SeparableConv2D.*"leave"/,
    );
    expect(read(net)).toEqual(before);
    const left = { "cut/depthwise_kernel": "leave", "cut/pointwise_kernel": "leave" } as const;
    expect((await lsuv(net, { batch: normal(8, 12), initializers: left })).map(({ parameter }) => parameter)).toEqual([
      "first/kernel",
    ]);
  });

  test("where every kernel is left, the rest is set all the same", async () => {
    const net = mlp();
    const kernels = Object.fromEntries(["fc1", "fc2", "fc3"].map((name) => [`${name}/kernel`, "leave" as const]));
    const initializers = { ...kernels, "fc2/bias": constant(0.5) };
    const before = read(net);
    expect(await lsuv(net, { batch: normal(4, 6), initializers })).toEqual([]);
    expect(read(net).get("fc2/bias")).toEqual(new Float32Array(12).fill(0.5));
    expect(read(net).get("fc2/kernel")).toEqual(before.get("fc2/kernel"));
  });

  test("a batch that makes nothing but zeros is an error, and nothing is left behind", async () => {
    const net = mlp();
    const before = read(net);
    const batch = zeros([4, 6]);
    const tensors = memory().numTensors;
    await expect(lsuv(net, { batch })).rejects.toThrow(
      'the output of layer "fc1/kernel" needs a finite variance above 0',
    );
    expect(read(net)).toEqual(before);
    expect(memory().numTensors).toBe(tensors);
  });
});
