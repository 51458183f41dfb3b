import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createTrainer, sgd } from "../src/index.js";
import { checkOperator } from "./support/finite-differences.js";
import { operatorCases } from "./support/operator-cases.js";
import { runCase } from "./support/operator-model.js";

describe("gradients equal finite differences", () => {
  it.each(operatorCases.map((c) => [c.op, c.title, c] as const))("%s: %s", async (_op, _title, testCase) => {
    await checkOperator(testCase);
  });
});

describe("gradients are finite where a norm is zero", () => {
  const zeros = { dims: [2, 2, 2, 2], values: [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 9] };
  it.each([
    ["LpNormalization", { axis: 3 }],
    ["LpNormalization", { axis: 3, p: 1 }],
    ["MeanVarianceNormalization", { axes: [1, 2, 3] }],
    ["GlobalLpPool", {}],
    ["ReduceL2", { axes: [1] }],
  ])("%s %o", async (op, attributes) => {
    const { loss, gradients } = await runCase(ort, { op, title: "zeros", operands: [zeros], attributes });
    const { data } = gradients.get("p0")!;
    expect(loss).toBeLessThan(100);
    expect([...data].every(Number.isFinite)).toBe(true);
    expect([...data].slice(8).some((value) => value !== 0)).toBe(true);
  });
});

it("gradients are finite where a mask that is stretched hides a whole row", async () => {
  const g = new GraphBuilder();
  const scores = g.node("MatMul", [
    g.input("x", "float32", [2, 3]),
    g.initializer("w", [3, 3], Float32Array.of(0.1, 0.2, -0.3, 0.4, -0.5, 0.6, 0.7, 0.8, -0.9)),
  ]);
  const visible = g.input("visible", "bool", [2, 1]);
  const hidden = g.node("Where", [visible, scores, g.initializer("low", [], Float32Array.of(-Infinity))]);
  const chosen = g.node("Softmax", [hidden], { axis: -1 });
  const y = g.node("Where", [visible, chosen, g.initializer("zero", [], Float32Array.of(0))]);
  g.output(y, "float32", [2, 3]);
  const trainer = await createTrainer(encodeModel(g.build()), { ort, loss: "mse", optimizer: sgd({ lr: 0.1 }) });
  const x = Float32Array.of(1, -2, 3, 4, 5, 6);
  const target = new Float32Array(6);
  const both = await trainer.gradients({ x, visible: Uint8Array.of(1, 0), target });
  // The hidden row adds nothing: as if its numbers were others.
  const other = await trainer.gradients({ x: x.map((v, i) => (i < 3 ? v : -v)), visible: Uint8Array.of(1, 0), target });
  const gradient = [...both.get("w")!];
  expect(gradient.every(Number.isFinite)).toBe(true);
  expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  expect([...other.get("w")!]).toEqual(gradient);
  await trainer.dispose();
});

it("positions of a maximum in column-major order are an error", async () => {
  const attributes = { kernel_shape: [2, 2], storage_order: 1 };
  const operands = [{ dims: [1, 1, 3, 3] }];
  const built = runCase(ort, { op: "MaxPool", title: "columns", operands, attributes });
  await expect(built).rejects.toThrow("storage_order 1 has no gradient");
});
