import { describe, expect, it } from "vitest";
import { decompositions } from "../src/decompositions/index.js";
import { gradientRules } from "../src/gradients/index.js";
import { checkOperator } from "./support/finite-differences.js";
import { operatorCases } from "./support/operator-cases.js";

/** Dropout's gradient is compared under a fixed mask, in dropout.test.ts. */
const ELSEWHERE = ["Dropout"];

describe("gradients equal finite differences", () => {
  it.each(operatorCases.map((c) => [c.op, c.title, c] as const))("%s: %s", async (_op, _title, testCase) => {
    await checkOperator(testCase);
  });

  it("has a case for every operator with a gradient", () => {
    const tested = new Set([...operatorCases.map(({ op }) => op), ...ELSEWHERE]);
    const trained = [...Object.keys(gradientRules), ...Object.keys(decompositions)];
    expect(trained.filter((op) => !tested.has(op))).toEqual([]);
  });
});
