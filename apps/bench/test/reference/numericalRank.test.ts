import { createStream, fillNormal } from "@idinit/core";
import { describe, expect, it } from "vitest";
import { multiply, orthonormalColumns, transposed } from "../../src/reference/matrix.js";
import { numericalRank } from "../../src/reference/numericalRank.js";

const draw = (key: string, rows: number, columns: number) => ({
  rows,
  columns,
  values: fillNormal(createStream(3, key), new Float64Array(rows * columns)),
});

describe("numericalRank", () => {
  it.each([0, 1, 2, 7, 20, 24])("of a product through %i columns is that number", (inner) => {
    const product = multiply(draw("a", 30, inner), draw("b", inner, 24));
    expect(numericalRank(product.values, 24, 1e-4)).toBe(inner);
  });

  it("counts the singular values above the tolerance, and no others", () => {
    const size = 12;
    const singular = Array.from({ length: size }, (_, i) => 10 ** (1 - i / 2)); // 10 … 3e-5
    const [left, right] = [orthonormalColumns(draw("u", size, size)), orthonormalColumns(draw("v", size, size))];
    const scaled = { ...left, values: left.values.map((value, at) => value * singular[at % size]!) };
    const { values } = multiply(scaled, transposed(right));
    for (const tolerance of [3, 0.2, 2e-3, 2e-4]) {
      expect(numericalRank(values, size, tolerance)).toBe(singular.filter((value) => value > tolerance).length);
    }
  });

  it("knows diagonals, permutations and single columns", () => {
    expect(numericalRank([3, 0, 0, 0, 0, 0, 0, 0, 1e-3], 3, 1e-4)).toBe(2);
    expect(numericalRank([0, 1, 0, 0, 0, 1, 1, 0, 0], 3, 1e-4)).toBe(3);
    expect(numericalRank([0, 2], 1, 1e-4)).toBe(1);
  });
});

describe("orthonormalColumns", () => {
  it("gives columns of length 1 at right angles", () => {
    const { values, rows, columns } = orthonormalColumns(draw("x", 9, 4));
    const product = multiply(transposed({ values, rows, columns }), { values, rows, columns });
    product.values.forEach((value, at) => {
      expect(value).toBeCloseTo(at % 5 === 0 ? 1 : 0, 14);
    });
  });
});
