import { IdinitError, mimetic } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { balancedFactors } from "../../src/initializers/svd.js";
import { fixture } from "./fixture.js";
import { rank, rowsOf } from "./reference.js";

/** Σ_i left_i right_iᵀ. */
function outer(left: ArrayLike<number>, right: ArrayLike<number>, n: number): number[] {
  const product: number[] = Array(n * n).fill(0);
  for (let i = 0; i < left.length / n; i++) {
    for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) product[a * n + b]! += left[i * n + a]! * right[i * n + b]!;
  }
  return product;
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.each(fixture.factors)("factors of a matrix of order $n", ({ n, matrix, sigma, products }) => {
  test("are numpy's, for every rank", () => {
    for (const [rank, product] of Object.entries(products)) {
      const { left, right } = balancedFactors(Float64Array.from(matrix), n, Number(rank));
      expect(largest(outer(left, right, n), product)).toBeLessThan(1e-12);
    }
  });

  test("both carry the root of each singular value", () => {
    const { left, right } = balancedFactors(Float64Array.from(matrix), n, n);
    for (const side of [left, right]) {
      const squares = rowsOf(side, n).map((row) => row.reduce((sum, value) => sum + value * value, 0));
      expect(largest(squares, sigma)).toBeLessThan(1e-12);
    }
  });
});

test("factors of a matrix of order 40, of which some singular values are equal and some 0", () => {
  const n = 40;
  // A block of ones, a block of the identity, and zeros.
  const matrix = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i < 10 && j < 10 ? 1 : i === j && i < 30 ? 2 : 0;
  });
  const { left, right } = balancedFactors(matrix, n, n);
  expect(largest(outer(left, right, n), matrix)).toBeLessThan(1e-12);
  const squares = rowsOf(right, n).map((row) => row.reduce((sum, value) => sum + value * value, 0));
  const sigma = [10, ...Array(20).fill(2), ...Array(19).fill(0)];
  expect(largest(squares, sigma)).toBeLessThan(1e-7);
});

test("a singular matrix has factors, too", () => {
  const { left, right } = balancedFactors(Float64Array.of(1, 2, 2, 4), 2, 2);
  expect(largest(outer(left, right, 2), [1, 2, 2, 4])).toBeLessThan(1e-12);
  expect(
    outer(...(Object.values(balancedFactors(new Float64Array(4), 2, 2)) as [Float64Array, Float64Array]), 2),
  ).toEqual([0, 0, 0, 0]);
});

describe("one attention, d = 24, 3 heads", () => {
  const [d, heads] = [24, 3];
  const weights = mimetic({ heads, attention: "blocks.0.attn" });
  const shape = [d, d];
  const make = (part: keyof typeof weights, key: string) => weights[part].generate(shape, { seed: 4, key });
  const [query, key, value, output] = [make("query", "q"), make("key", "k"), make("value", "v"), make("output", "o")];
  const head = (rows: Float32Array, h: number) => rows.subarray((h * d * d) / heads, ((h + 1) * d * d) / heads);

  test("W_Q'W_K of a head is of rank d / heads, near the identity, and each head has its own", () => {
    const products = [0, 1, 2].map((h) => outer(head(query, h), head(key, h), d));
    for (const product of products) {
      expect(rank(rowsOf(product, d), 1e-4)).toBe(d / heads);
      const trace = rowsOf(product, d).reduce((sum, row, i) => sum + row[i]!, 0);
      expect(trace / d).toBeGreaterThan(0.2);
    }
    expect(largest(products[0]!, products[1]!)).toBeGreaterThan(0.1);
  });

  test("W_O W_V is −0.4·I with noise of size 0.4", () => {
    // Columns of the output weight times rows of the value weight, transposed.
    const columns = rowsOf(output, d)[0]!.flatMap((_, j) => rowsOf(output, d).map((row) => row[j]!));
    const product = outer(value, columns, d);
    const noise = product.map((entry, i) => entry + (i % (d + 1) === 0 ? 0.4 : 0));
    expect(Math.abs(noise.reduce((sum, entry) => sum + entry, 0) / (d * d))).toBeLessThan((0.4 / d ** 1.5) * 5);
    const std = Math.sqrt(noise.reduce((sum, entry) => sum + entry * entry, 0) / (d * d));
    expect(std / (0.4 / Math.sqrt(d))).toBeGreaterThan(0.85);
    expect(std / (0.4 / Math.sqrt(d))).toBeLessThan(1.15);
  });

  test("without noise: the query and key of all heads agree, the product is the identity's", () => {
    const exact = mimetic({
      heads: 1,
      attention: "a",
      queryKey: { alpha: 0, beta: 1 },
      valueOutput: { alpha: 0, beta: 1 },
    });
    const [q, k, v, o] = (["query", "key", "value", "output"] as const).map((part) => exact[part].generate([4, 4]));
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    expect(outer(q!, k!, 4)).toEqual(identity);
    expect([...v!].map((entry, i) => entry * o![i]!)).toEqual(identity.map((entry) => entry * -1 + 0));
  });

  test("packed, the three are the same", () => {
    const packed = weights.queryKeyValue.generate([3 * d, d], { seed: 4, key: "qkv" });
    expect([...packed]).toEqual([...query, ...key, ...value]);
    const transposed = weights.query.generate(shape, { seed: 4, layout: "IO" });
    expect(rowsOf(transposed, d).map((row) => row[5])).toEqual(rowsOf(query, d)[5]);
  });

  test("the attention's name decides, not the weight's", () => {
    expect(make("query", "another")).toEqual(query);
    expect(mimetic({ heads, attention: "blocks.1.attn" }).query.generate(shape, { seed: 4 })).not.toEqual(query);
    expect(JSON.parse(JSON.stringify(weights.query))).toEqual({ name: "mimetic", params: weights.query.params });
  });

  test("errors", () => {
    expect(() => mimetic({ heads: 0, attention: "a" })).toThrow(IdinitError);
    expect(() => mimetic({ heads: 0, attention: "a" })).toThrow("heads must be an integer >= 1, got 0");
    expect(() => mimetic({ heads: 1, attention: "a", queryKey: { alpha: -1, beta: 0 } })).toThrow(
      "queryKey.alpha must be",
    );
    expect(() => weights.query.generate([24, 12], { key: "q" })).toThrow(
      '[out, in] with out = in and without groups, got [24, 12] (layer "q")',
    );
    expect(() => weights.queryKeyValue.generate([24, 24])).toThrow("out = 3 · in and without groups, got [24, 24]");
    expect(() => weights.query.generate([4, 4], { key: "q" })).toThrow('heads must divide in = 4, got 3 (layer "q")');
  });
});
