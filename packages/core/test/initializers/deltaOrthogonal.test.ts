import { deltaOrthogonal, IdinitError, orthogonal } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { rowsOf } from "./reference.js";

/** Largest deviation of MᵀM from gain²·I. */
function deviation(matrix: readonly (readonly number[])[], gain: number): number {
  const columns = matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));
  return Math.max(
    ...columns.flatMap((a, i) =>
      columns.map((b, j) => Math.abs(a.reduce((sum, value, k) => sum + value * b[k]!, 0) - (i === j ? gain ** 2 : 0))),
    ),
  );
}

const options = { seed: 3, key: "conv" };

describe("the centre tap is orthogonal, all others are 0", () => {
  test.each([
    // Index of (k − 1) div 2 on each axis, row-major, as JAX has it: for even sizes the tap before the middle.
    [[6, 4, 3, 3], 9, 4],
    [[6, 4, 4, 4], 16, 5],
    [[5, 5, 3, 2], 6, 2],
    [[5, 3, 7], 7, 3],
    [[4, 2, 3, 3, 3], 27, 13],
    [[4, 4], 1, 0],
  ])("%j", (shape, taps, centre) => {
    const values = deltaOrthogonal({ gain: 1.5 }).generate(shape, options);
    const tap = (t: number) => rowsOf(values, taps).map((row) => row[t]!);
    for (let t = 0; t < taps; t++) if (t !== centre) expect(tap(t).every((value) => value === 0)).toBe(true);
    expect(deviation(rowsOf(tap(centre), shape[1]!), 1.5)).toBeLessThan(1e-6);
  });
});

test("a circular convolution with it keeps the norm", () => {
  const [out, inputs, length] = [6, 4, 9];
  const kernel = deltaOrthogonal().generate([out, inputs, 3], options);
  const x = Array.from({ length: inputs * length }, (_, i) => Math.sin(i * i));
  let before = 0;
  let after = 0;
  for (const value of x) before += value * value;
  for (let m = 0; m < out; m++) {
    for (let p = 0; p < length; p++) {
      let sum = 0;
      for (let c = 0; c < inputs; c++) {
        for (let t = 0; t < 3; t++)
          sum += kernel[(m * inputs + c) * 3 + t]! * x[c * length + ((p + t - 1 + length) % length)]!;
      }
      after += sum * sum;
    }
  }
  expect(after / before).toBeCloseTo(1, 6);
});

test("groups are orthogonal each by itself, and differ", () => {
  const values = deltaOrthogonal().generate([8, 2, 1, 1], { ...options, groups: 2 });
  const halves = [rowsOf(values.slice(0, 8), 2), rowsOf(values.slice(8), 2)];
  for (const half of halves) expect(deviation(half, 1)).toBeLessThan(1e-6);
  expect(halves[0]).not.toEqual(halves[1]);
});

test("a dense kernel is that of orthogonal", () => {
  expect(deltaOrthogonal({ gain: 2 }).generate([7, 5], options)).toEqual(
    orthogonal({ gain: 2 }).generate([7, 5], options),
  );
});

test("more inputs than outputs: an error, or orthonormal rows", () => {
  expect(() => deltaOrthogonal().generate([2, 3, 3, 3])).toThrow(IdinitError);
  expect(() => deltaOrthogonal().generate([2, 3, 3, 3])).toThrow(
    '[out, in] with in <= out in each group, or narrowing: "rows" for orthonormal rows, got [2, 3]',
  );
  const values = deltaOrthogonal({ narrowing: "rows" }).generate([2, 3, 1, 1], options);
  const rows = rowsOf(values, 3);
  expect(
    deviation(
      [0, 1, 2].map((j) => rows.map((row) => row[j]!)),
      1,
    ),
  ).toBeLessThan(1e-6);
  expect(() => deltaOrthogonal({ narrowing: "columns" as "rows" })).toThrow("narrowing must be one of error, rows");
});
