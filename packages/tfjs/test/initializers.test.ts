import { IdinitError, idi, kaimingNormal, orthogonal } from "@idinit/core";
import { io, memory } from "@tensorflow/tfjs-core";
import { layers, loadLayersModel, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import {
  Dirac,
  Hadamard,
  IDI,
  IDIZ,
  KaimingNormal,
  KaimingUniform,
  Orthogonal,
  registerInitializers,
  XavierNormal,
  XavierUniform,
} from "../src/initializers.js";
import type { Layer } from "../src/layer.js";
import { read } from "../src/weights.js";
import { recurrentNet } from "./models.js";

const weightsOf = (layer: Layer, inputShape: number[]) =>
  read(sequential({ layers: [layers.inputLayer({ inputShape }), layer] }));

describe("values", () => {
  test("are core's, in the layer's layout", () => {
    const dense = layers.dense({
      name: "fc",
      units: 5,
      kernelInitializer: new KaimingNormal({ key: "fc/kernel", seed: 3 }),
    });
    expect(weightsOf(dense, [4]).get("fc/kernel")).toEqual(
      kaimingNormal().generate([4, 5], { layout: "IO", seed: 3, key: "fc/kernel" }),
    );
    const conv = layers.conv2d({
      name: "conv",
      filters: 4,
      kernelSize: 3,
      kernelInitializer: new IDI({ key: "c", tau: 2, order: "channel-fastest" }),
    });
    expect(weightsOf(conv, [8, 8, 2]).get("conv/kernel")).toEqual(
      idi({ tau: 2, order: "channel-fastest" }).generate([3, 3, 2, 4], { layout: "HWIO", key: "c" }),
    );
    const conv1d = layers.conv1d({
      name: "conv",
      filters: 4,
      kernelSize: 3,
      kernelInitializer: new Orthogonal({ key: "c" }),
    });
    expect(weightsOf(conv1d, [8, 2]).get("conv/kernel")).toEqual(
      orthogonal().generate([3, 2, 4], { layout: "WIO", key: "c" }),
    );
  });

  test("a bias, a transposed kernel, a depthwise kernel, stacked gates", () => {
    const bias = layers.dense({ name: "fc", units: 2, biasInitializer: new KaimingNormal({ key: "b" }) });
    expect(() => weightsOf(bias, [3])).toThrow(/fan|kernel|in axis/);
    const up = layers.conv2dTranspose({
      name: "up",
      filters: 2,
      kernelSize: 3,
      kernelInitializer: new IDI({ loose: 0, transposed: true }),
    });
    expect(weightsOf(up, [4, 4, 3]).get("up/kernel")).toEqual(
      idi({ loose: 0 }).generate([3, 3, 2, 3], { layout: "HWOI", transposed: true }),
    );
    const deep = layers.depthwiseConv2d({
      name: "deep",
      kernelSize: 3,
      depthMultiplier: 2,
      depthwiseInitializer: new Dirac({ depthwise: true }),
    });
    const kernel = weightsOf(deep, [4, 4, 2]).get("deep/depthwise_kernel") ?? [];
    expect([...kernel].flatMap((value, i) => (value === 0 ? [] : [i]))).toEqual([16, 18]);
    const lstm = layers.lstm({
      name: "lstm",
      units: 3,
      recurrentInitializer: "zeros",
      kernelInitializer: new IDI({ loose: 0, parts: 4 }),
    });
    expect(weightsOf(lstm, [4, 2]).get("lstm/kernel")).toEqual(
      idi({ loose: 0 }).generate([2, 12], { layout: "IO", parts: 4 }),
    );
  });

  test("one seed and two keys give two different draws", () => {
    const net = sequential({
      layers: ["a", "b"].map((name) =>
        layers.dense({ name, units: 4, inputShape: [4], kernelInitializer: new XavierUniform({ key: name, seed: 1 }) }),
      ),
    });
    const weights = read(net);
    expect(weights.get("a/kernel")).not.toEqual(weights.get("b/kernel"));
  });

  test("leave no tensor behind but the weights", () => {
    const before = memory().numTensors;
    const net = sequential({
      layers: [layers.dense({ units: 4, inputShape: [4], kernelInitializer: new IDIZ(), biasInitializer: "zeros" })],
    });
    expect(memory().numTensors).toBe(before + 2);
    net.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe("what would start layers equal is an error", () => {
  test.each([KaimingNormal, KaimingUniform, XavierNormal, XavierUniform, Orthogonal, IDI])(
    "a random draw without a key",
    (Class) => {
      expect(() => new Class({ seed: 1 })).toThrow(/draws random numbers and needs a key/);
    },
  );

  test.each([
    ["IDIZ", () => new IDIZ()],
    ["IDI without noise", () => new IDI({ loose: 0 })],
    ["Dirac", () => new Dirac()],
    ["Hadamard", () => new Hadamard()],
  ])("fixed values need no key: %s", (_name, make) => {
    const initializer = make();
    expect(weightsOf(layers.dense({ units: 4, kernelInitializer: initializer }), [4]).size).toBe(2);
    expect(weightsOf(layers.dense({ units: 4, kernelInitializer: initializer }), [4]).size).toBe(2);
  });

  test("one instance for two layers", () => {
    const kernelInitializer = new XavierNormal({ key: "x" });
    weightsOf(layers.dense({ units: 4, kernelInitializer }), [4]);
    expect(() => weightsOf(layers.dense({ units: 4, kernelInitializer }), [4])).toThrow(
      new IdinitError(
        'tfjs: initializer XavierNormal "x" has filled a weight already, and a second one would start equal: make one for each layer',
      ),
    );
  });

  test("a wrong parameter or element type", () => {
    expect(() => new IDI({ key: "x", tau: Number.NaN })).toThrow(IdinitError);
    expect(() => new IDIZ().apply([2, 2], "int32")).toThrow("tfjs: initializer IDIZ makes float32 values, not int32");
  });
});

describe("serialization", () => {
  beforeAll(registerInitializers);

  test("a saved model loads, with the same weights and the same initializers", async () => {
    const net = sequential({
      layers: [
        layers.conv2d({
          name: "conv",
          filters: 4,
          kernelSize: 3,
          inputShape: [6, 6, 2],
          kernelInitializer: new IDI({ key: "Conv_1/Kernel", seed: 7, order: "channel-fastest", layout: "HWIO" }),
        }),
        layers.flatten(),
        layers.dense({
          name: "head",
          units: 3,
          kernelInitializer: new KaimingNormal({ key: "headKernel", mode: "fan_out", nonlinearity: "leakyRelu" }),
        }),
      ],
    });
    let saved: io.ModelArtifacts | undefined;
    await net.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    const topology = JSON.parse(JSON.stringify(saved?.modelTopology));
    const artifacts = { ...saved, modelTopology: topology } as io.ModelArtifacts;
    const loaded = await loadLayersModel(io.fromMemory(artifacts));
    expect(read(loaded)).toEqual(read(net));
    const config = (model: typeof loaded) => model.layers.map((layer) => layer.getConfig().kernelInitializer);
    expect(config(loaded)).toEqual(config(net));
    // Without weights the initializers run again.
    const { weightData: _data, weightSpecs: _specs, ...bare } = artifacts;
    expect(read(await loadLayersModel(io.fromMemory(bare)))).toEqual(read(net));
  });

  test("Bidirectional copies its layer by configuration", () => {
    const layer = layers.lstm({
      units: 2,
      recurrentInitializer: "zeros",
      kernelInitializer: new IDI({ loose: 0, parts: 4 }),
    });
    const weights = weightsOf(layers.bidirectional({ name: "both", layer, mergeMode: "sum" }), [3, 2]);
    expect(weights.get("both/backward/kernel")).toEqual(idi({ loose: 0 }).generate([2, 8], { layout: "IO", parts: 4 }));
    expect(recurrentNet().layers).toHaveLength(4);
  });
});
