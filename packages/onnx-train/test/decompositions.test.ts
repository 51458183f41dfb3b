/** Operators that are written as simpler ones compute what onnxruntime's own kernels compute. */
import { encodeModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { decompositions } from "../src/decompositions/index.js";
import { operatorCases } from "./support/operator-cases.js";
import { caseModel, runCase, usualOpset } from "./support/operator-model.js";

/** Forms that onnxruntime 1.30 has no kernel for. */
const WITHOUT_KERNEL: ReadonlySet<string> = new Set(["LRN: even", "LSTM: batch first", "GRU: batch first"]);

const cases = operatorCases.filter(
  ({ op, title }) => Object.hasOwn(decompositions, op) && !WITHOUT_KERNEL.has(`${op}: ${title}`),
);

describe("the loss is that of the operator's own kernel", () => {
  it.each(cases.map((c) => [c.op, c.title, c] as const))("%s: %s", async (_op, _title, testCase) => {
    const bytes = encodeModel(caseModel(testCase, usualOpset(testCase)));
    const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    const results = await session.run({ x: new ort.Tensor("float32", [1], [1]) });
    const values = Object.values(results)[0]!.data as Float32Array;
    await session.release();
    const squares = values.map((value, i) => (value - Math.sin(3 * i + 1)) ** 2);
    const expected = squares.reduce((sum, square) => sum + square, 0) / values.length;
    const { loss } = await runCase(ort, testCase);
    expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5);
  });
});
