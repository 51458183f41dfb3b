/** What IDInit's weights do under training, on deep linear networks small enough for plain JavaScript. */
import { createStream, fillNormal, type Initializer, identity, idi, idiz, orthogonal } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { distance, gradients, type Matrix, multiply, train, transpose } from "./linearNet.js";
import { rank, rowsOf } from "./reference.js";

const gaussian = (rows: number, columns: number, key: string): Matrix =>
  rowsOf(fillNormal(createStream(1, key), new Float64Array(rows * columns)), columns);
const weight = (initializer: Initializer, out: number, inputs: number, key = "w"): Matrix =>
  rowsOf(initializer.generate([out, inputs], { key }), inputs);
const strict = idi({ loose: 0 });

test("a residual block that IDIZ closes passes its input on to 1e-5", () => {
  for (const [width, hidden] of [
    [8, 8],
    [6, 24],
    [24, 6],
  ] as const) {
    const x = gaussian(width, 5, "x");
    const inner = multiply(weight(idi(), hidden, width), x).map((row) => row.map((value) => Math.max(value, 0)));
    const branch = multiply(weight(idiz(), width, hidden), inner);
    const zero = branch.map((row) => row.map(() => 0));
    expect(distance(branch, zero)).toBeGreaterThan(0);
    expect(
      distance(branch, zero) /
        distance(
          x,
          x.map((row) => row.map(() => 0)),
        ),
    ).toBeLessThan(1e-5);
  }
});

test("wide IDI: the padded columns have no input gradient at first, and have one a few steps later", () => {
  const [x, y] = [gaussian(5, 20, "x"), gaussian(3, 20, "y")];
  const start = [weight(strict, 3, 5)];
  const silent = (weights: Matrix[]) =>
    gradients(weights, x, y).input.flatMap((row, j) => (row.every((value) => value === 0) ? [j] : []));
  expect(silent(start)).toEqual([3, 4]);
  expect(silent(train(start, Array(3).fill([x, y]), 0.1))).toEqual([]);
});

describe("rank of W − I of a square middle layer under SGD (P25 Theorem 3.1)", () => {
  const [width, inputs, outputs] = [12, 4, 3];
  const eye = weight(identity(), width, width);
  const target = gaussian(outputs, inputs, "target");
  const batches = Array.from({ length: 12 }, (_, i) => {
    const x = gaussian(inputs, 8, `batch ${i}`);
    return [x, multiply(target, x)] as const;
  });
  const residualRank = (initializer: Initializer, steps: number) => {
    const start = [
      weight(initializer, width, inputs, "first"),
      weight(initializer, width, width, "middle"),
      weight(initializer, outputs, width, "last"),
    ];
    const middle = train(start, batches.slice(0, steps), 0.05)[1]!;
    return rank(
      middle.map((row, i) => row.map((value, j) => value - eye[i]![j]!)),
      1e-7,
    );
  };

  test("zero padding stays at the input's dimension or below", () => {
    for (const steps of [1, 2, 6, 12]) expect(residualRank(identity(), steps)).toBeLessThanOrEqual(inputs);
  });

  test("IDI is at 0 at first, and past that limit later", () => {
    expect(residualRank(strict, 0)).toBe(0);
    expect(residualRank(strict, 1)).toBeLessThanOrEqual(inputs);
    expect(residualRank(strict, 12)).toBeGreaterThan(inputs);
  });
});

test("equal layers stay equal under full-batch descent, and part under SGD, more with momentum (P25 Fig. 10)", () => {
  const width = 8;
  const half = gaussian(width, width, "target");
  const symmetric = half.map((row, i) => row.map((value, j) => 0.2 * (value + transpose(half)[i]![j]!)));
  // An orthogonal batch: its covariance is a multiple of the identity, that of its halves is not.
  const x = weight(orthogonal({ gain: Math.sqrt(width) }), width, width);
  const y = multiply(symmetric, x);
  const part = (half: Matrix, from: number) => half.map((row) => row.slice(from, from + width / 2));
  const full = Array(40).fill([x, y]);
  const sgd = Array.from({ length: 80 }, (_, i) => [part(x, (i % 2) * 4), part(y, (i % 2) * 4)] as const);
  const start = [0, 1, 2, 3].map(() => weight(strict, width, width));
  const spread = (weights: Matrix[]) => distance(weights[0]!, weights[3]!);

  const [together, apart, further] = [train(start, full, 0.02), train(start, sgd, 0.02), train(start, sgd, 0.02, 0.9)];
  expect(distance(together[0]!, start[0]!)).toBeGreaterThan(0.1);
  expect(spread(together)).toBeLessThan(1e-6);
  expect(spread(apart)).toBeGreaterThan(1e-3);
  expect(spread(further)).toBeGreaterThan(spread(apart));
});
