import { IdinitError, normal } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { lastPartScaled } from "../../src/schemes/scaledParts.js";

describe("a packed weight whose last third is halved", () => {
  const half = lastPartScaled(normal(), 0.5);
  const options = { parts: 3, seed: 1, key: "qkv" };
  const plain = normal().generate([6, 4], options);
  const expected = plain.map((value, i) => (i < 16 ? value : value / 2));

  test("whole, and in the caller's array", () => {
    expect(half.generate([6, 4], options)).toEqual(expected);
    const target = new Float32Array(24).fill(7);
    half.generateInto(target, [6, 4], options);
    expect(target).toEqual(expected);
  });

  test.each([[[0, 6]], [[0, 3]], [[3, 2]], [[5, 1]]] as const)("rows %j", (rows) => {
    const slice = expected.slice(rows[0] * 4, (rows[0] + rows[1]) * 4);
    expect(half.generate([6, 4], { ...options, rows })).toEqual(slice);
    const transposed = half.generate([4, 6], { ...options, rows, layout: "IO" });
    expect([...transposed].map((_, i) => transposed[(i % 4) * rows[1] + Math.floor(i / 4)])).toEqual([...slice]);
  });

  test("has no groups", () => {
    expect(() => half.generate([6, 4], { key: "w", groups: 2 })).toThrow(IdinitError);
    expect(() => half.generate([6, 4], { key: "w", groups: 2 })).toThrow('can\'t have groups, got 2 (layer "w")');
  });
});
