import { DataType, decodeModel, encodeModel, GraphBuilder, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  buildTrainingModel,
  createTrainer,
  type LoweringTable,
  lower,
  OnnxTrainError,
  sgd,
  wasmLowering,
  webgpuLowering,
} from "../src/index.js";
import { fixture, relativeError } from "./support/fixtures.js";
import { dropoutCase, operatorCases } from "./support/operator-cases.js";
import { buildCase } from "./support/operator-model.js";

const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));

async function outputs(bytes: Uint8Array, feeds: Record<string, ort.Tensor>) {
  const session = await ort.InferenceSession.create(bytes);
  const results = await session.run(feeds);
  await session.release();
  return results;
}

/** Both graphs on the CPU provider with equal feeds: every output must agree. */
async function expectEqual(
  bytes: Uint8Array,
  feeds: Record<string, ort.Tensor>,
  tolerance: number,
  table: LoweringTable = webgpuLowering,
) {
  const [given, lowered] = await Promise.all([outputs(bytes, feeds), outputs(lower(bytes, table), feeds)]);
  expect(Object.keys(lowered)).toEqual(Object.keys(given));
  for (const [name, { data, dims }] of Object.entries(given)) {
    expect(lowered[name]!.dims, name).toEqual(dims);
    expect(relativeError(lowered[name]!.data as Float32Array, data as Float32Array), name).toBeLessThan(tolerance);
  }
}

const operators = (bytes: Uint8Array) => decodeModel(bytes).graph.nodes.map(({ opType }) => opType);

describe("lowering for WebGPU", () => {
  it("a ResNet's training step computes the same without batch norm nodes in training mode", async () => {
    const { model, batch } = fixture("resnet");
    const { bytes, info } = buildTrainingModel(model, {
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0.1, momentum: 0.9 }),
    });
    const { input, target } = batch(0);
    const [, ...example] = [...info.inputs.values()][0]!.map(Number);
    const feeds: Record<string, ort.Tensor> = {
      input: new ort.Tensor("float32", input as Float32Array, [target.length, ...example]),
      target: new ort.Tensor("int32", Int32Array.from(target, Number), [target.length]),
    };
    for (const name of info.scalars) feeds[name] = new ort.Tensor("float32", Float32Array.of(0.1), []);
    info.state.forEach(({ input: name, dims, kind }, i) => {
      const values = wave(count(dims), i);
      feeds[name] = new ort.Tensor("float32", kind === "running" ? values.map(Math.abs) : values, dims);
    });
    await expectEqual(bytes, feeds, 2e-5);
    const training = decodeModel(lower(bytes, webgpuLowering)).graph.nodes.filter(
      ({ opType, attributes }) =>
        opType === "BatchNormalization" && attributes.some(({ name }) => name === "training_mode"),
    );
    expect(training).toEqual([]);
  });

  it.each([17, 18])("batch norm over vectors and over images, opset %i", async (opset) => {
    for (const dims of [
      [6, 3],
      [2, 3, 4, 5],
    ]) {
      const g = new GraphBuilder({ opset });
      const x = g.input("x", "float32", dims);
      const vectors = ["scale", "bias", "mean", "variance"].map((name) => g.input(name, "float32", [3]));
      const options = { outputs: ["y", "batch mean", "batch variance"] };
      const attributes = { momentum: { type: "float", value: 0 }, epsilon: 1e-3, training_mode: 1 } as const;
      const made = g.node("BatchNormalization", [x, ...vectors], attributes, options);
      g.output(made[0]!, "float32", dims);
      for (const name of made.slice(1)) g.output(name, "float32", [3]);
      const bytes = encodeModel(g.build());
      const feeds = Object.fromEntries(
        vectors.map((name, i) => [name, new ort.Tensor("float32", wave(3, i).map(Math.abs), [3])]),
      );
      await expectEqual(bytes, { ...feeds, x: new ort.Tensor("float32", wave(count(dims), 9), dims) }, 1e-5);
    }
  });

  it("max pooling with positions, ties included", async () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", [2, 2, 4, 4]);
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
    const [y, indices] = g.node("MaxPool", [x], attributes, { outputs: ["y", "at"] });
    g.output(y!, "float32", [2, 2, 2, 2]);
    g.output(g.node("Cast", [indices!], { to: 1 }), "float32", [2, 2, 2, 2]);
    const bytes = encodeModel(g.build());
    const values = wave(64, 0).map((value) => Math.max(0, value));
    await expectEqual(bytes, { x: new ort.Tensor("float32", values, [2, 2, 4, 4]) }, 1e-6);
    expect(operators(lower(bytes, webgpuLowering))).not.toContain("MaxPool");
  });

  it("max pooling of sizes rounded up stays on the CPU", async () => {
    const { bytes } = buildCase(ort, operatorCases.find(({ op, title }) => op === "MaxPool" && title === "ceil mode")!);
    const model = decodeModel(lower(bytes, webgpuLowering)).graph;
    const pool = model.nodes.find(({ opType }) => opType === "MaxPool")!;
    const cast = model.nodes.find(({ outputs }) => outputs[0] === pool.inputs[0])!;
    expect([cast.opType, getInt(cast, "to")]).toEqual(["Cast", DataType.double]);
  });

  it("leaves other nodes alone and refuses a momentum that training graphs do not have", () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", [2, 3]);
    const vectors = ["scale", "bias", "mean", "variance"].map((name) => g.input(name, "float32", [3]));
    g.output(g.node("BatchNormalization", [x, ...vectors]), "float32", [2, 3]);
    const bytes = encodeModel(g.build());
    expect(lower(bytes, webgpuLowering)).toEqual(encodeModel(decodeModel(bytes)));
    g.node("BatchNormalization", [x, ...vectors], { training_mode: 1 }, { outputs: 3, name: "norm" });
    expect(() => lower(encodeModel(g.build()), webgpuLowering)).toThrow(OnnxTrainError);
    expect(() => lower(encodeModel(g.build()), webgpuLowering)).toThrow(/norm.*momentum 0/);
  });
});

describe("lowering of every training graph", () => {
  const graphs = [...operatorCases, dropoutCase].map((testCase) => {
    const built = buildCase(ort, testCase);
    return { ...built, op: testCase.op, has: new Set(operators(built.bytes)) };
  });
  const tables = { WebGPU: webgpuLowering, WebAssembly: wasmLowering };
  const rows = Object.entries(tables).flatMap(([name, table]) => Object.keys(table).map((op) => ({ op, name, table })));

  it.each(rows)("with $op computes the same for $name", async ({ op, table }) => {
    const own = graphs.filter((graph) => graph.op === op && graph.has.has(op));
    const other = graphs.find((graph) => graph.op !== op && graph.has.has(op));
    expect(own.length + (other ? 1 : 0)).toBeGreaterThan(0);
    for (const { bytes, feeds } of other ? [...own, other] : own)
      await expectEqual(bytes, feeds as Record<string, ort.Tensor>, 1e-5, table);
  });
});

describe("lowering for WebAssembly", () => {
  it.each([
    ["wasm by name", { executionProviders: ["wasm"] }, {}],
    ["onnxruntime-web without a name", {}, { env: { versions: { web: "1.30.0" } } }],
  ])("is what a trainer runs on %s", async (_, sessionOptions, more) => {
    const seen: string[][] = [];
    const create = (bytes: Uint8Array) => {
      seen.push(operators(bytes));
      return ort.InferenceSession.create(bytes);
    };
    const runtime = { ...ort, ...more, InferenceSession: { ...ort.InferenceSession, create } } as unknown as typeof ort;
    const { model } = fixture("resnet");
    const options = {
      ort: runtime,
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0.1 }),
      sessionOptions,
    } as const;
    const trainer = await createTrainer(model, { ...options, channelBlock: 0 });
    await trainer.dispose();
    expect(seen[0]).toContain("Max");
    for (const op of Object.keys(wasmLowering)) expect(seen[0]).not.toContain(op);
  });
});
