import { orthogonal } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { normalCdf } from "../../src/random/normalDistribution.js";
import { kolmogorovSmirnov } from "../random/statistics.js";
import { rowsOf } from "./reference.js";

/** Largest deviation of the Gram matrix of the rows (or columns, if fewer) from gain²·I. */
function deviation(values: Float32Array, columns: number, gain: number): number {
  const rows = rowsOf(values, columns);
  const vectors = rows.length <= columns ? rows : Array.from({ length: columns }, (_, j) => rows.map((row) => row[j]!));
  let largest = 0;
  vectors.forEach((a, i) => {
    vectors.slice(0, i + 1).forEach((b, j) => {
      const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
      largest = Math.max(largest, Math.abs(product - (i === j ? gain * gain : 0)));
    });
  });
  return largest;
}

describe("orthonormal rows or columns", () => {
  test.each([
    [[1, 1], 1],
    [[1, 9], 9],
    [[9, 1], 1],
    [[5, 5], 5],
    [[6, 17], 17],
    [[70, 33], 33],
    [[128, 128], 128],
    [[20, 3, 3, 3], 27],
    [[40, 2, 3, 3], 18],
  ])("%j", (shape, columns) => {
    const values = orthogonal({ gain: 1.5 }).generate(shape, { seed: 1, key: "w" });
    expect(deviation(values, columns, 1.5)).toBeLessThan(1e-6);
  });

  test("each part by itself", () => {
    const values = orthogonal().generate([24, 8], { parts: 3, seed: 1, key: "qkv" });
    for (const part of [0, 1, 2]) expect(deviation(values.slice(part * 64, part * 64 + 64), 8, 1)).toBeLessThan(1e-6);
    expect(values.slice(0, 64)).not.toEqual(values.slice(64, 128));
  });
});

describe("Haar distribution", () => {
  const draws = (n: number, count: number) =>
    Array.from({ length: count }, (_, seed) => orthogonal().generate([n, n], { seed, key: "w" }));

  test("in two dimensions the angle is uniform, and half of the matrices are reflections", () => {
    const matrices = draws(2, 4000);
    const angles = matrices.map((q) => Math.atan2(q[2]!, q[0]!));
    expect(kolmogorovSmirnov(angles, (x) => (x + Math.PI) / (2 * Math.PI))).toBeLessThan(2.2);
    const reflections = matrices.filter((q) => q[0]! * q[3]! - q[1]! * q[2]! < 0).length;
    expect(Math.abs(reflections - 2000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  test("in three dimensions every element is uniform on [-1, 1] (Archimedes)", () => {
    const matrices = draws(3, 3000);
    for (let element = 0; element < 9; element++) {
      const values = matrices.map((q) => q[element]!);
      expect(
        kolmogorovSmirnov(values, (x) => (x + 1) / 2),
        `element ${element}`,
      ).toBeLessThan(2.2);
    }
  });

  test("the trace is nearly standard normal (Diaconis and Mallows)", () => {
    const traces = draws(12, 2000).map((q) => Array.from({ length: 12 }, (_, i) => q[i * 13]!).reduce((a, b) => a + b));
    expect(kolmogorovSmirnov(traces, normalCdf)).toBeLessThan(2.2);
  });
});
