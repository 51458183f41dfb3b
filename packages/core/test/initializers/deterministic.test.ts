import { constant, dirac, type GenerateOptions, hadamard, identity, ones, zeros } from "@idinit/core";
import { describe, expect, test } from "vitest";
import fixture from "../../fixtures/statistics.json" with { type: "json" };
import { rowsOf } from "./reference.js";

const nonZeros = (values: Float32Array) => [...values].flatMap((value, at) => (value === 0 ? [] : [at]));

describe("identity and Dirac against PyTorch", () => {
  test.each(fixture.dirac)("dirac_ $shape, groups $groups", ({ shape, groups, ones: places }) => {
    expect(nonZeros(dirac().generate(shape, { groups }))).toEqual(places);
  });

  test.each(fixture.eye)("eye_ $shape", ({ shape, ones: places }) => {
    expect(nonZeros(identity().generate(shape))).toEqual(places);
    expect(Math.max(...identity({ gain: 1.5 }).generate(shape))).toBe(1.5);
  });
});

describe("hadamard", () => {
  test("a padded identity while it does not widen", () => {
    expect([...hadamard().generate([2, 3])]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...hadamard().generate([2, 2])]).toEqual([1, 0, 0, 1]);
  });

  test("a corner of the Sylvester matrix where it widens", () => {
    expect([...hadamard().generate([4, 2])]).toEqual([0.5, 0.5, 0.5, -0.5, 0.5, 0.5, 0.5, -0.5]);
    const a = Math.fround(Math.SQRT1_2 / 2);
    expect(rowsOf(hadamard().generate([5, 3]), 3)).toEqual([
      [a, a, a],
      [a, -a, a],
      [a, a, -a],
      [a, -a, -a],
      [a, a, a],
    ]);
  });

  test("against the recursive definition, and orthonormal for powers of two", () => {
    let sylvester = [[1]];
    for (let q = 0; q < 6; q++) {
      sylvester = [
        ...sylvester.map((row) => [...row, ...row]),
        ...sylvester.map((row) => [...row, ...row.map((value) => -value)]),
      ];
    }
    const rows = rowsOf(hadamard().generate([50, 20]), 20);
    expect(rows).toEqual(sylvester.slice(0, 50).map((row) => row.slice(0, 20).map((value) => value / 8)));
    const columns = rowsOf(hadamard().generate([64, 20]), 20);
    const product = (a: number, b: number) => columns.reduce((sum, row) => sum + row[a]! * row[b]!, 0);
    expect([product(3, 3), product(3, 4), product(0, 19)]).toEqual([1, 0, 0]);
  });

  test("only the centre tap of a convolution", () => {
    const values = hadamard().generate([4, 2, 3, 3]);
    expect(nonZeros(values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((k) => k * 9 + 4));
  });
});

describe("constants take any shape", () => {
  const cases: [readonly number[], GenerateOptions][] = [
    [[], {}],
    [[7], {}],
    [[1, 64, 1, 1], { layout: "O" }],
    [[2, 3, 1, 1, 1, 2], {}],
    [[12, 5], { parts: 4 }],
  ];
  test.each(cases)("%j %j", (shape, options) => {
    const length = shape.reduce((product, size) => product * size, 1);
    expect([...zeros().generate(shape, options)]).toEqual(Array(length).fill(0));
    expect([...ones().generate(shape, options)]).toEqual(Array(length).fill(1));
    expect([...constant(0.25).generate(shape, options)]).toEqual(Array(length).fill(0.25));
  });

  test("a constant that float32 can't hold is an error", () => {
    expect(() => constant(Number.NaN)).toThrow("constant: value must be a finite float32 number, got NaN");
    expect(() => constant(1e300)).toThrow("got 1e+300");
  });
});
