import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
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

it("positions of a maximum in column-major order are an error", async () => {
  const attributes = { kernel_shape: [2, 2], storage_order: 1 };
  const operands = [{ dims: [1, 1, 3, 3] }];
  const built = runCase(ort, { op: "MaxPool", title: "columns", operands, attributes });
  await expect(built).rejects.toThrow("storage_order 1 has no gradient");
});
