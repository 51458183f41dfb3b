/** Variances of real models after LSUV, as a session of its own sees them. */
import { IdinitError } from "@idinit/core";
import { decodeModel, encodeModel, type OnnxModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { initialize, type LsuvOptions, lsuv, onnxAdapter } from "../src/index.js";
import { bytesOf, modelOf, watch } from "./fixtures.js";
import { bytes, constantNode, initializer, mlp } from "./nets.js";

/** The batch that `watch` feeds: the same in both. */
const images = {
  x: new ort.Tensor(
    "float32",
    Float32Array.from({ length: 384 }, (_, i) => Math.sin(i * 1.7) + 0.3),
    [2, 3, 8, 8],
  ),
};
const ids = {
  x: new ort.Tensor(
    "int64",
    BigInt64Array.from({ length: 10 }, (_, i) => BigInt((i * 3 + 1) % 11)),
    [2, 5],
  ),
};

function batchOf({ graph }: OnnxModel) {
  const input = graph.inputs[0]!;
  return { [input.name]: Object.values(input.elemType === 7 ? ids : images)[0]! };
}

function variance(values: Float32Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Kernel name → value that its node makes. */
function kernels(model: OnnxModel): Map<string, string> {
  const nodes = onnxAdapter.toGraph(model).nodes.filter(({ op }) => op === "dense" || op === "conv");
  return new Map(nodes.map(({ slots, outputs }) => [slots!.kernel!.parameter, outputs[0]!]));
}

describe("lsuv", () => {
  test.each([
    "resnet-pad.eval17.onnx",
    "resnet-projection.train13.onnx",
    "mobilenet.eval17.onnx",
    "transformer-preln-separate.eval17.onnx",
    "vit.eval17.onnx",
    "resnet-merged.preserve13.onnx",
  ])("%s: the variance of every layer's output is 1", async (name) => {
    const result = await lsuv(bytesOf(name), { ort, batch: batchOf(modelOf(name)), seed: 4, tolerance: 0.01 });
    const made = decodeModel(result.bytes);
    const values = kernels(made);
    expect(result.layers.map(({ parameter }) => parameter).sort()).toEqual([...values.keys()].sort());
    const outputs = await watch(
      made,
      result.layers.map(({ parameter }) => values.get(parameter)!),
    );
    for (const [i, { parameter, converged, variance: told }] of result.layers.entries()) {
      expect(converged, parameter).toBe(true);
      expect(Math.abs(variance(outputs[i]!) - 1), parameter).toBeLessThan(0.011);
      expect(variance(outputs[i]!), parameter).toBeCloseTo(told, 3);
    }
    expect([...kernels(modelOf(name)).keys()]).toEqual([...values.keys()]);
  });

  test("kernels stay orthogonal, biases are 0, what is no kernel is as the orthogonal scheme leaves it", async () => {
    const name = "resnet-pad.eval17.onnx";
    const made = onnxAdapter.read(
      decodeModel((await lsuv(bytesOf(name), { ort, batch: batchOf(modelOf(name)), seed: 4 })).bytes),
    );
    const plain = onnxAdapter.read(decodeModel(initialize(bytesOf(name), { scheme: "orthogonal", seed: 4 })));
    for (const [parameter, values] of made) {
      const before = plain.get(parameter)!;
      const at = before.findIndex((value) => value !== 0);
      const ratio = at < 0 ? 1 : values[at]! / before[at]!;
      expect(ratio, parameter).toBeGreaterThan(0);
      expect(
        values.every((value, i) => Math.abs(value - ratio * before[i]!) < 1e-5),
        parameter,
      ).toBe(true);
      if (parameter.endsWith("bias"))
        expect(
          values.every((value) => value === 0),
          parameter,
        ).toBe(true);
    }
  });

  test("onnxruntime-web finds the same", async () => {
    const name = "resnet-pad.eval17.onnx";
    const [input] = modelOf(name).graph.inputs;
    const batch = { [input!.name]: new web.Tensor("float32", images.x.data, images.x.dims) };
    const sessionOptions = { executionProviders: ["wasm"] };
    const { layers } = await lsuv(bytesOf(name), { ort: web, sessionOptions, batch, seed: 4 });
    const native = await lsuv(bytesOf(name), { ort, batch: batchOf(modelOf(name)), seed: 4 });
    expect(layers).toEqual(native.layers.map((layer) => ({ ...layer, variance: expect.closeTo(layer.variance, 4) })));
  });

  test("weights in Constant nodes, and kernels that are left alone", async () => {
    const model = mlp(constantNode);
    const batch = {
      x: new ort.Tensor(
        "float32",
        Float32Array.from({ length: 32 }, (_, i) => Math.cos(3 * i)),
        [8, 4],
      ),
    };
    const { bytes: made, layers } = await lsuv(bytes(model), { ort, batch, tolerance: 1e-3 });
    expect(layers).toMatchObject([
      { parameter: "w1", converged: true },
      { parameter: "w2", converged: true },
    ]);
    expect(decodeModel(made).graph.nodes.map(({ opType }) => opType)).toEqual(
      model.graph.nodes.map(({ opType }) => opType),
    );
    const left = await lsuv(bytes(model), { ort, batch, initializers: { w1: "leave" } });
    expect(left.layers.map(({ parameter }) => parameter)).toEqual(["w2"]);
    expect(onnxAdapter.read(decodeModel(left.bytes)).get("w1")).toEqual(onnxAdapter.read(model).get("w1"));
  });

  test.each<[string, Partial<LsuvOptions>, string]>([
    ["no batch", { batch: {} }, 'needs a tensor for each input of the model (x), got none for "x"'],
    ["an unknown input", { batch: { ...images, y: images.x } }, 'got one for "y"'],
    ["a tolerance of 0", { tolerance: 0 }, "lsuv: tolerance must be"],
  ])("%s is an error", async (_, options, message) => {
    const x = new ort.Tensor("float32", new Float32Array(8).fill(1), [2, 4]);
    const call = lsuv(bytes(mlp(initializer)), { ort, batch: { x }, ...options });
    await expect(call).rejects.toThrow(IdinitError);
    await expect(call).rejects.toThrow(message);
  });

  test("a batch that makes a layer's output constant is an error", async () => {
    const x = new ort.Tensor("float32", new Float32Array(8), [2, 4]);
    await expect(lsuv(encodeModel(mlp(initializer)), { ort, batch: { x } })).rejects.toThrow(
      'the output of layer "w1" needs a finite variance above 0',
    );
  });
});
