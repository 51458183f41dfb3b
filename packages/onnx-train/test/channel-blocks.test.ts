import { decodeModel, encodeModel, GraphBuilder, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { findChannelBlock } from "../src/trainer/channel-block.js";
import { relativeError } from "./support/fixtures.js";

const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));
const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** Convolutions of each kind that blocks hold, and of each that they do not; norms, sums and activations between. */
function network(): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const weight = (name: string, ...dims: number[]) =>
    g.initializer(
      name,
      dims,
      wave(count(dims), name.length).map((v) => v / 4),
    );
  const conv = (x: string, name: string, dims: number[], attributes: Record<string, number | number[]> = {}) =>
    g.node("Conv", [x, weight(name, ...dims), weight(`${name}_bias`, dims[0]!)], {
      kernel_shape: dims.slice(2),
      ...attributes,
    });
  const x = g.input("input", "float32", ["batch", 3, 9, 8]);
  const same = { pads: [1, 1, 1, 1] };
  const stem = g.node("Relu", [conv(x, "stem", [32, 3, 3, 3], same)]);
  const straight = g.node("Tanh", [conv(stem, "straight", [32, 32, 3, 3], same)]);
  const depthwise = conv(straight, "depthwise", [32, 1, 3, 3], { ...same, group: 32 });
  const joined = g.node("Add", [stem, g.node("Mul", [depthwise, weight("gain", 1)])]);
  const stepped = conv(joined, "stepped", [16, 32, 3, 3], { pads: [0, 1, 1, 1], strides: [2, 2], dilations: [1, 2] });
  const odd = g.node("Relu", [conv(stepped, "odd", [10, 16, 1, 1])]);
  const grouped = conv(g.node("Relu", [stepped]), "grouped", [16, 8, 2, 2], { group: 2 });
  const heads = [odd, grouped].map((head) => g.node("Flatten", [g.node("GlobalAveragePool", [head])]));
  g.output(g.node("Concat", heads, { axis: 1 }), "float32", ["batch", 26]);
  return encodeModel(g.build());
}

const domains = (bytes: Uint8Array) => new Set(decodeModel(bytes).graph.nodes.map(({ domain }) => domain));

describe("convolutions in blocks of channels", () => {
  let block = 0;
  beforeAll(async () => {
    block = await findChannelBlock(ort);
  });

  it("is 8 or 16 channels on the CPU provider, or none on a processor without the layout", () => {
    expect([0, 8, 16]).toContain(block);
  });

  it("is none where another provider is asked for", async () => {
    expect(await findChannelBlock(ort, { executionProviders: ["webgpu", "cpu"] })).toBe(0);
  });

  it("are left alone unless asked for: the graph holds standard operators alone", () => {
    const options = { loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.1 }) } as const;
    expect(domains(buildTrainingModel(network(), options).bytes)).toEqual(new Set([""]));
  });

  it("give the loss and the gradients of the plain layout", async (context) => {
    if (block === 0) context.skip("this processor has no blocked layout");
    const options = { loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.1 }) } as const;
    const batch = { input: wave(5 * 3 * 9 * 8, 3), target: Int32Array.of(0, 7, 25, 13, 2) };
    const { bytes } = buildTrainingModel(network(), { ...options, channelBlock: block });
    const blocked = decodeModel(bytes).graph.nodes.filter((n) => n.domain !== "" && n.opType === "Conv");
    // Forward: stem, straight, depthwise, stepped; backward: by the input of straight.
    expect(blocked.map(({ inputs }) => inputs[1]!.split("/blocked")[0])).toEqual(
      expect.arrayContaining(["stem", "straight", "depthwise", "stepped"]),
    );
    expect(blocked.length).toBeGreaterThan(4);
    const [plain, own] = await Promise.all([
      createTrainer(network(), { ort, ...options, channelBlock: 0 }),
      createTrainer(network(), { ort, ...options }),
    ]);
    const [expected, found] = [await plain.gradients(batch), await own.gradients(batch)];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [name, gradient] of expected) {
      expect(relativeError(found.get(name)!, gradient), name).toBeLessThan(1e-5);
    }
    for (let step = 0; step < 3; step++) {
      const [{ loss: a }, { loss: b }] = [await plain.step(batch), await own.step(batch)];
      expect(b).toBeCloseTo(a, 5);
    }
    await Promise.all([plain.dispose(), own.dispose()]);
  });

  it("give the gradients by weights where the samples fill blocks", async (context) => {
    if (block === 0) context.skip("this processor has no blocked layout");
    const size = 2 * block;
    const options = { loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.1 }), batchSize: size } as const;
    const target = Int32Array.from({ length: size }, (_, i) => (7 * i) % 26);
    const batch = { input: wave(size * 3 * 9 * 8, 3), target };
    const { nodes } = decodeModel(buildTrainingModel(network(), { ...options, channelBlock: block }).bytes).graph;
    // By the weights of stem, straight and stepped; odd has one tap, the others are in groups.
    expect(nodes.filter(({ opType, inputs }) => opType === "Conv" && inputs[1]!.endsWith("/kernels"))).toHaveLength(3);
    const [plain, own] = await Promise.all([
      createTrainer(network(), { ort, ...options, channelBlock: 0 }),
      createTrainer(network(), { ort, ...options }),
    ]);
    const [expected, found] = [await plain.gradients(batch), await own.gradients(batch)];
    for (const name of ["stem", "straight", "stepped"]) {
      expect(relativeError(found.get(name)!, expected.get(name)!), name).toBeLessThan(1e-5);
    }
    await Promise.all([plain.dispose(), own.dispose()]);
  });

  it("give the gradients by weights of large gradients, some samples at a time", async (context) => {
    if (block === 0) context.skip("this processor has no blocked layout");
    const [size, filters, side] = [2 * block, 16 * block, 18];
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", ["batch", 2, side, side]);
    const w = g.initializer("w", [filters, 2, 3, 3], wave(filters * 18, 1));
    g.output(g.node("GlobalAveragePool", [g.node("Tanh", [g.node("Conv", [x, w])])]), "float32");
    const bytes = encodeModel(g.build());
    const options = { loss: "mse", optimizer: sgd({ lr: 0.1 }), batchSize: size } as const;
    const { nodes } = decodeModel(buildTrainingModel(bytes, { ...options, channelBlock: block }).bytes).graph;
    const [products] = nodes.filter(({ opType, inputs }) => opType === "Conv" && inputs[1]!.endsWith("/kernels"));
    expect(getInt(products!, "group")).toBe(2);
    const batch = { x: wave(size * 2 * side ** 2, 3), target: wave(size * filters, 5) };
    const trainers = await Promise.all([
      createTrainer(bytes, { ort, ...options, channelBlock: 0 }),
      createTrainer(bytes, { ort, ...options }),
    ]);
    const [expected, found] = await Promise.all(
      trainers.map(async (trainer) => (await trainer.gradients(batch)).get("w")!),
    );
    expect(relativeError(found!, expected!)).toBeLessThan(1e-5);
    await Promise.all(trainers.map((trainer) => trainer.dispose()));
  });

  it("take one swapped kernel for two convolutions", async (context) => {
    if (block === 0) context.skip("this processor has no blocked layout");
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", ["batch", 16, 5, 5]);
    const w = g.node("Transpose", [g.initializer("w", [16, 16, 3, 3], wave(16 * 16 * 9, 1))], { perm: [1, 0, 2, 3] });
    const first = g.node("Tanh", [g.node("Conv", [x, w])]);
    g.output(g.node("Conv", [first, w]), "float32", ["batch", 16, 1, 1]);
    const options = { loss: "mse", optimizer: sgd({ lr: 0.1 }) } as const;
    const batch = { x: wave(3 * 16 * 25, 3), target: wave(3 * 16, 5) };
    const trainers = await Promise.all([
      createTrainer(encodeModel(g.build()), { ort, ...options, channelBlock: 0 }),
      createTrainer(encodeModel(g.build()), { ort, ...options }),
    ]);
    const [expected, found] = await Promise.all(
      trainers.map(async (trainer) => (await trainer.gradients(batch)).get("w")!),
    );
    expect(relativeError(found!, expected!)).toBeLessThan(1e-5);
    await Promise.all(trainers.map((trainer) => trainer.dispose()));
  });
});
