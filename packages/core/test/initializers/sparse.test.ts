import { IdinitError, sparse } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { fixture } from "./fixture.js";
import { rowsOf } from "./reference.js";

const zerosPerColumn = (values: Float32Array, columns: number) =>
  Array.from({ length: columns }, (_, j) => rowsOf(values, columns).filter((row) => row[j] === 0).length);

test.each(fixture.sparse)("as many zeros a column as PyTorch: $shape, $sparsity", ({ shape, sparsity, zeros }) => {
  const values = sparse({ sparsity }).generate(shape, { seed: 2, key: "w" });
  expect(zerosPerColumn(values, shape[1])).toEqual(Array(shape[1]).fill(zeros));
});

describe("3000 columns of 10, half of them 0", () => {
  const values = sparse({ sparsity: 0.5, std: 2 }).generate([10, 3000], { seed: 1, key: "w" });
  const rows = rowsOf(values, 3000);

  test("every row is as likely as any other", () => {
    for (const row of rows) {
      const zeros = row.filter((value) => value === 0).length;
      expect(Math.abs(zeros - 1500)).toBeLessThan(5 * Math.sqrt(3000 / 4));
    }
  });

  test("pairs of rows are chosen together as often as chance has it", () => {
    const both = rows[0]!.filter((value, j) => value === 0 && rows[7]![j] === 0).length;
    const expected = (3000 * 5 * 4) / (10 * 9);
    expect(Math.abs(both - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test("the rest is normal", () => {
    const rest = values.filter((value) => value !== 0);
    const std = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0) / rest.length);
    expect(Math.abs(std / 2 - 1)).toBeLessThan(0.03);
  });
});

test("kernels are flattened, parts are counted each by itself, layouts are permutations", () => {
  const conv = sparse({ sparsity: 0.25 }).generate([8, 3, 2], { seed: 1 });
  expect(zerosPerColumn(conv, 6)).toEqual(Array(6).fill(2));
  const packed = sparse({ sparsity: 0.5 }).generate([12, 5], { seed: 1, parts: 3 });
  for (const part of [0, 1, 2])
    expect(zerosPerColumn(packed.slice(part * 20, part * 20 + 20), 5)).toEqual(Array(5).fill(2));
  const plain = sparse({ sparsity: 0.5 }).generate([4, 3], { seed: 1 });
  const swapped = sparse({ sparsity: 0.5 }).generate([3, 4], { seed: 1, layout: "IO" });
  expect(rowsOf(swapped, 4).map((row) => row[2])).toEqual(rowsOf(plain, 3)[2]);
});

test("bad parameters", () => {
  expect(() => sparse({ sparsity: 1.5 })).toThrow(IdinitError);
  expect(() => sparse({ sparsity: 1.5 })).toThrow("sparse: sparsity must be in [0, 1], got 1.5");
  expect(() => sparse({ std: -1 })).toThrow("sparse: std must be");
  expect(() => sparse().generate([3])).toThrow("out and an in axis");
});
