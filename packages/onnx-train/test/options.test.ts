/** Wrong use from JavaScript, where no type stands in the way: what is wrong is named, and nothing is changed. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTrainer, fit, mse, OnnxTrainError, sgd, softmaxCrossEntropy, type Trainer } from "../src/index.js";

function model(): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", "width"]);
  const weight = g.initializer("w", [2, 3], Float32Array.of(1, -2, 3, 0.5, 2, 1));
  g.output(g.node("Gemm", [x, weight], { transB: 1 }), "float32", ["batch", 2]);
  return encodeModel(g.build());
}

const options = { ort, loss: "mse", optimizer: sgd({ lr: 0.1 }) };
const make = (given: unknown, source: unknown = model()) => createTrainer(source as never, given as never);

describe("options that make no sense", () => {
  it.each<[string, object, string | RegExp]>([
    ["a misspelt name", { clip: 1 }, 'createTrainer: no option "clip"; there are ort, sessionOptions'],
    ["no onnxruntime", { ort: undefined }, "ort must be onnxruntime-node or onnxruntime-web, got nothing"],
    [
      "an optimizer by name",
      { optimizer: "sgd" },
      'optimizer must be made by sgd(...), adam(...) or another, got "sgd"',
    ],
    ["an optimizer that is not called", { optimizer: sgd }, "got a function"],
    ["a loss that is not called", { loss: mse }, /loss must be one of .* got a function, which is to be called/],
    ["a set of names", { trainable: new Set(["w"]) }, "trainable must be a list of names or a function, got a Set"],
    ["one name", { trainable: "w" }, 'got "w"'],
    ["a batch of none", { batchSize: 0 }, "batchSize must be a whole number from 1 on, got 0"],
    ["half a sample", { batchSize: 2.5 }, "got 2.5"],
    ["a size that is no number", { inputShapes: { x: [Number.NaN, 3] } }, 'inputShapes of "x": a size must be a whole'],
    ["an unknown form", { forms: { convWeights: "fast" } }, /convWeights must be one of auto, .* got "fast"/],
    ["an unknown kind of form", { forms: { conv: "auto" } }, 'forms: no option "conv"'],
  ])("%s", async (_title, wrong, message) => {
    await expect(make({ ...options, ...wrong })).rejects.toThrow(OnnxTrainError);
    await expect(make({ ...options, ...wrong })).rejects.toThrow(message);
  });

  it("none at all", async () => {
    await expect(make(undefined)).rejects.toThrow("createTrainer: options must be an object, got undefined");
  });

  it.each([
    ["a path", "model.onnx", "got String"],
    ["an ArrayBuffer", model().buffer, "got ArrayBuffer"],
    ["nothing", null, "got Null"],
  ])("a model that is none: %s", async (_title, source, message) => {
    await expect(make(options, source)).rejects.toThrow(`a model is ONNX bytes`);
    await expect(make(options, source)).rejects.toThrow(message);
  });
});

describe("batches that make no sense leave the weights as they are", () => {
  const trainers: Record<string, Trainer> = {};
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  beforeAll(async () => {
    const inputShapes = { x: ["batch", 3] };
    trainers.mse = await make({ ...options, inputShapes });
    const loss = softmaxCrossEntropy({ targets: "probabilities" });
    trainers.soft = await make({ ...options, inputShapes, loss });
  });
  afterAll(async () => {
    for (const trainer of Object.values(trainers)) await trainer.dispose();
  });

  it.each<[string, string, unknown, string]>([
    ["no batch", "mse", undefined, "a batch is an object of arrays or tensors by the names of inputs, got undefined"],
    ["a part that is none", "mse", [null], "got null"],
    [
      "NaN among the inputs",
      "mse",
      { x: Float32Array.of(1, 2, 3, 4, Number.NaN, 6), target: new Float32Array(4) },
      '"x" should hold numbers, got NaN at index 4',
    ],
    [
      "NaN among the targets",
      "mse",
      { x, target: Float32Array.of(0, Number.NaN, 0, 0) },
      '"target" should hold numbers, got NaN at index 1',
    ],
    [
      "an infinite target",
      "mse",
      { x, target: Float32Array.of(0, 0, Infinity, 0) },
      "finite numbers, got Infinity at index 2",
    ],
    ["an infinite probability", "soft", { x, target: Float32Array.of(0, 0, Infinity, 0) }, "got Infinity at index 2"],
  ])("%s", async (_title, name, batch, message) => {
    const trainer = trainers[name]!;
    const before = await trainer.parameters();
    await expect(trainer.step(batch as never)).rejects.toThrow(message);
    expect(await trainer.parameters()).toEqual(before);
  });

  it.each<[string, (trainer: Trainer) => Promise<unknown>, string]>([
    ["weights that are in no map", (t) => t.loadParameters({ w: new Float32Array(6) } as never), "given in a Map"],
    ["no state", (t) => t.loadOptimizerState(undefined as never), "optimizer state: options must be an object"],
    ["one batch instead of several", (t) => fit(t, { x } as never), "batches must be something to iterate over"],
  ])("%s", async (_title, act, message) => {
    await expect(act(trainers.mse!)).rejects.toThrow(message);
  });

  it("a step's options that are no object", async () => {
    const batch = { x, target: new Float32Array(4) };
    await expect(trainers.mse!.step(batch, null as never)).rejects.toThrow("step: options must be an object, got null");
  });

  it("a name in the place of a size leaves it open", async () => {
    for (const rows of [1, 2]) {
      const batch = { x: x.subarray(0, 3 * rows), target: new Float32Array(2 * rows) };
      expect((await trainers.mse!.evaluate(batch)).diverged).toBe(false);
    }
  });
});

it("a model that asks for NaN is given it", async () => {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", [3]);
  const known = g.node("Where", [g.node("IsNaN", [x]), g.scalar(0), x]);
  g.output(g.node("Mul", [known, g.initializer("w", [1], Float32Array.of(2))]), "float32", [3]);
  const trainer = await make(options, encodeModel(g.build()));
  const { loss } = await trainer.step({ x: Float32Array.of(1, Number.NaN, 2), target: new Float32Array(3) });
  expect(loss).toBeCloseTo((4 + 16) / 3, 5);
  await trainer.dispose();
});
