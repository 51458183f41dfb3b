import { describe, expect, it } from "vitest";
import { operatorCases } from "./support/operator-cases.js";
import { operatorFixtures } from "./support/operator-fixtures.js";
import { OPSETS, operatorPage, operators, opsetsOf, trainedOperators } from "./support/operator-table.js";
import { webgpuResults } from "./support/webgpu-results.js";

/** Operators that PyTorch 1.13 has no function for. */
const NOT_IN_PYTORCH = ["CastLike", "SpaceToDepth"];

describe("operators with a gradient", () => {
  it("each have a case for finite differences", () => {
    const tested = new Set(operatorCases.map(({ op }) => op));
    expect(operators.filter((op) => !tested.has(op))).toEqual([]);
  });

  it("each are compared with PyTorch where it has them", () => {
    const compared = new Set([...operatorFixtures.map(({ op }) => op), ...NOT_IN_PYTORCH]);
    expect(operators.filter((op) => !compared.has(op))).toEqual([]);
  });

  it("each are compared up to the newest opset without a gap", () => {
    const gaps = operators.filter((op) => {
      const compared = opsetsOf(op);
      return compared.length === 0 || OPSETS.slice(-compared.length).some((opset, i) => opset !== compared[i]);
    });
    expect(gaps).toEqual([]);
  });

  it("each ran on the WebGPU provider", () => {
    expect(Object.keys(webgpuResults)).toEqual(trainedOperators);
  });

  it("are no longer there in a check that nothing implements", () => {
    const known = new Set(trainedOperators);
    expect([...operatorCases, ...operatorFixtures].map(({ op }) => op).filter((op) => !known.has(op))).toEqual([]);
  });

  it("stand in docs/operators.md as they are", async () => {
    await expect(operatorPage()).toMatchFileSnapshot("../../../docs/operators.md");
  });
});
