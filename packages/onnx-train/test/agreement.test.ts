import { describe, expect, it } from "vitest";
import { disagreement } from "../src/trainer/agreement.js";

describe("disagreement", () => {
  const expected = new Map([
    ["weight", Float32Array.of(1, -2, 0.5)],
    ["key.bias", Float32Array.of(1e-9, -1e-9)],
  ]);
  const changed = (name: string, ...values: number[]) => new Map([...expected, [name, Float32Array.from(values)]]);

  it("lets rounding pass, also where all values are rounding", () => {
    expect(disagreement(expected, changed("weight", 1.00001, -2, 0.5))).toBeUndefined();
    expect(disagreement(expected, changed("key.bias", -3e-9, 1e-9))).toBeUndefined();
    expect(
      disagreement(new Map([["zero", new Float32Array(2)]]), new Map([["zero", new Float32Array(2)]])),
    ).toBeUndefined();
  });

  it("names what differs", () => {
    expect(disagreement(expected, changed("weight", 1, -2, 0.6))).toMatch(/"weight" differs by/);
    expect(disagreement(expected, changed("weight", 1, Number.NaN, 0.5))).toMatch(/"weight"/);
    expect(disagreement(expected, changed("key.bias", 0.1, 0))).toMatch(/"key.bias"/);
  });
});
