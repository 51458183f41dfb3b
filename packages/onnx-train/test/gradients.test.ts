import { describe, it } from "vitest";
import { checkOperator } from "./support/finite-differences.js";
import { operatorCases } from "./support/operator-cases.js";

describe("gradients equal finite differences", () => {
  it.each(operatorCases.map((c) => [c.op, c.title, c] as const))("%s: %s", async (_op, _title, testCase) => {
    await checkOperator(testCase);
  });
});
