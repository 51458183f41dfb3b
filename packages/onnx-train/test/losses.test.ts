/** Every loss with its gradient against PyTorch (fixtures/training/make_training.py). */
import { readFileSync } from "node:fs";
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  bceWithLogits,
  createTrainer,
  type Loss,
  type LossName,
  modelOutput,
  mse,
  sgd,
  softmaxCrossEntropy,
} from "../src/index.js";
import { makeLoss } from "../src/losses/index.js";
import { relativeError } from "./support/fixtures.js";

interface LossCase {
  readonly title: string;
  readonly loss: LossName;
  readonly options: Loss["params"];
  readonly dims: readonly number[];
  readonly output: readonly number[];
  readonly target: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../fixtures/training/losses.json", import.meta.url), "utf8"),
) as LossCase[];

/** The output is the parameter itself, so that its gradient is the loss's own. */
function outputModel(dims: readonly number[], values: readonly number[], last?: string) {
  const g = new GraphBuilder({ opset: 17 });
  const shift = g.input("x", "float32", [1]);
  const w = g.initializer("w", dims, Float32Array.from(values));
  const y = g.node("Add", [w, shift]) as string;
  g.output(last ? (g.node(last, [y], { keepdims: 0 }) as string) : y, "float32");
  return encodeModel(g.build());
}

const x = Float32Array.of(0);
const create = (bytes: Uint8Array, loss: Loss | LossName) =>
  createTrainer(bytes, { ort, loss, optimizer: sgd({ lr: 1 }), sessionOptions: { intraOpNumThreads: 1 } });

describe("losses equal PyTorch's", () => {
  it.each(cases.map((c) => [c.loss, c.title, c] as const))("%s: %s", async (_loss, _title, c) => {
    const trainer = await create(outputModel(c.dims, c.output), makeLoss(c.loss, c.options));
    const target = trainer.info.target!.type === "float32" ? Float32Array.from(c.target) : c.target;
    const batch = { x, target };
    expect((await trainer.evaluate(batch)).loss / c.value).toBeCloseTo(1, 5);
    const gradient = (await trainer.gradients(batch)).get("w")!;
    expect(relativeError(gradient, c.gradient)).toBeLessThan(2e-6);
    expect((await trainer.step(batch)).loss / c.value).toBeCloseTo(1, 5);
    await trainer.dispose();
  });

  it("has a case for every loss with a target", () => {
    expect(new Set(cases.map((c) => c.loss))).toEqual(new Set(["softmax-cross-entropy", "mse", "bce-with-logits"]));
  });
});

describe("an output of the model as loss", () => {
  it("needs no target and follows the gradient", async () => {
    const trainer = await create(outputModel([3], [1, -2, 3], "ReduceSumSquare"), "model-output");
    expect(trainer.info.target).toBeUndefined();
    expect((await trainer.evaluate({ x })).loss).toBe(14);
    expect([...(await trainer.gradients({ x })).get("w")!]).toEqual([2, -4, 6]);
    expect((await trainer.step({ x })).loss).toBe(14);
    expect([...(await trainer.parameters()).get("w")!]).toEqual([-1, 2, -3]);
    await trainer.dispose();
  });

  it("is found by name, beside others, with one element in any shape", async () => {
    const g = new GraphBuilder({ opset: 17 });
    const shift = g.input("target", "float32", [1]);
    const w = g.initializer("w", [2], Float32Array.of(1, 2));
    const named = (op: string, inputs: string[], name: string) => g.node(op, inputs, {}, { outputs: [name] })[0]!;
    g.output(named("Add", [w, shift], "y"), "float32");
    g.output(named("ReduceL2", ["y"], "norm"), "float32");
    const trainer = await create(encodeModel(g.build()), modelOutput("norm"));
    const batch = { target: Float32Array.of(2) }; // an input of the model that happens to have this name
    expect((await trainer.evaluate(batch)).loss).toBe(5);
    expect([...(await trainer.gradients(batch)).get("w")!][0]).toBeCloseTo(0.6, 6);
    await trainer.dispose();
  });

  it("must be one number", async () => {
    await expect(create(outputModel([2], [1, 2]), "model-output")).rejects.toThrow(
      /a loss is one number, output ".*" has shape \[2\]/,
    );
    await expect(create(outputModel([2], [1, 2]), modelOutput("loss"))).rejects.toThrow('"loss" is not among them');
  });
});

describe("the loss of probabilities is that of what they are made of", () => {
  const batch = { x: Float32Array.of(1, 2, -30, 4, 0.5, 60) };

  function model(last: string | undefined, attributes: Record<string, number> = {}): Uint8Array {
    const g = new GraphBuilder({ opset: 17 });
    const weight = g.initializer("w", [3, 2], Float32Array.of(1, -2, 3, 0.5, 2, 1));
    const y = g.node("MatMul", [g.input("x", "float32", ["batch", 3]), weight]);
    g.output(last ? g.node(last, [y], attributes) : y, "float32", ["batch", 2]);
    return encodeModel(g.build());
  }

  it.each([
    ["Softmax", {}, softmaxCrossEntropy({ targets: "probabilities" }), Float32Array.of(1, 0, 0.3, 0.7)],
    ["Softmax", { axis: 1 }, softmaxCrossEntropy(), [0, 1]],
    ["Sigmoid", {}, bceWithLogits(), Float32Array.of(1, 0, 0.3, 0.7)],
  ])("%s %o", async (last, attributes, loss, target) => {
    const given = await create(model(last, attributes), loss);
    const plain = await create(model(undefined), loss);
    for (let step = 0; step < 3; step++) {
      // Beyond what float32 tells from 0 and 1.
      const result = await plain.evaluate({ ...batch, target });
      if (step === 0) expect(result.loss).toBeGreaterThan(1);
      expect(await given.evaluate({ ...batch, target })).toEqual(result);
      expect(await given.step({ ...batch, target })).toEqual(await plain.step({ ...batch, target }));
    }
    expect(await given.parameters()).toEqual(await plain.parameters());
    const { x } = batch;
    const [own] = Object.values(await given.predict({ x }));
    expect(Math.max(...(own!.data as Float32Array))).toBeLessThanOrEqual(1);
    await given.dispose();
    await plain.dispose();
  });

  it("not where classes are on another axis", async () => {
    const given = await create(model("Softmax", { axis: 0 }), softmaxCrossEntropy());
    const plain = await create(model(undefined), softmaxCrossEntropy());
    const [one, other] = [
      await given.step({ ...batch, target: [1, 0] }),
      await plain.step({ ...batch, target: [1, 0] }),
    ];
    expect(one.loss).not.toBe(other.loss);
    await given.dispose();
    await plain.dispose();
  });
});

describe("what makes no sense as a loss or a target", () => {
  it.each([
    ["smoothing", () => softmaxCrossEntropy({ labelSmoothing: 1 }), "labelSmoothing must be in [0, 1), got 1"],
    ["option", () => softmaxCrossEntropy({ smoothing: 0.1 } as never), 'softmax-cross-entropy: no option "smoothing"'],
    ["axis", () => softmaxCrossEntropy({ classAxis: 0.5 }), "classAxis must be an integer, got 0.5"],
    ["ignored index", () => softmaxCrossEntropy({ ignoreIndex: 2 ** 40 }), "ignoreIndex must be a 32-bit integer"],
    ["targets", () => softmaxCrossEntropy({ targets: "soft" as never }), 'must be "indices" or "probabilities"'],
    [
      "ignored probabilities",
      () => softmaxCrossEntropy({ targets: "probabilities", ignoreIndex: 1 }),
      "ignoreIndex needs class indices",
    ],
    ["weight", () => bceWithLogits({ posWeight: [1, 0] }), "posWeight must be above 0, got [1,0]"],
    ["name", () => makeLoss("hinge" as never), "loss must be one of softmax-cross-entropy, mse, bce-with-logits"],
  ])("%s", (_title, make, message) => {
    expect(make).toThrow(message);
  });

  const ignoring = softmaxCrossEntropy({ ignoreIndex: -1 });
  it.each([
    ["label too large", ignoring, [0, 3], "class indices 0 to 2 or -1, got 3 at index 1"],
    ["every sample left out", ignoring, [-1, -1], "leaves nothing to learn from: every index is -1"],
    [
      "negative probability",
      softmaxCrossEntropy({ targets: "probabilities" }),
      Float32Array.of(0, 1, 0, 0, -1, 2),
      "should hold probabilities >= 0, got -1 at index 4",
    ],
    ["beyond 1", bceWithLogits(), new Float32Array(6).fill(2), "probabilities 0 to 1, got 2 at index 0"],
    ["no number", bceWithLogits(), new Float32Array(6).fill(Number.NaN), "got NaN at index 0"],
    ["too few", mse(), new Float32Array(5), '"target" of shape [2, 3] needs 6 values, got 5'],
  ])("%s", async (_title, loss, target, message) => {
    const trainer = await create(outputModel([2, 3], [1, 2, 3, 4, 5, 6]), loss);
    await expect(trainer.step({ x, target })).rejects.toThrow(message);
    await trainer.dispose();
  });

  it("weights that do not fit the last axis", async () => {
    const bytes = outputModel([2, 3], [1, 2, 3, 4, 5, 6]);
    await expect(create(bytes, bceWithLogits({ posWeight: [1, 2] }))).rejects.toThrow("posWeight has 2 values");
  });
});
