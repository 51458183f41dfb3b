import { matMul, sum, type Tensor1D, unsortedSegmentSum } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, it } from "vitest";
import { expectSame, noise, type Value } from "./backends.js";

const size = fc.integer({ min: 1, max: 9 });
const seed = fc.nat({ max: 1000 });

describe("matMul", () => {
  it("has the cpu backend's values, transposed or not, one pair or a batch", async () => {
    const leading = fc.constantFrom<number[]>([], [1], [3], [1, 1], [2, 3]);
    await fc.assert(
      fc.asyncProperty(
        leading,
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        seed,
        async (outer, m, k, n, transposeA, transposeB, start) => {
          const a = noise([...outer, ...(transposeA ? [k, m] : [m, k])], start);
          const b = noise([...outer, ...(transposeB ? [n, k] : [k, n])], start + 1);
          await expectSame([a, b], (left, right) => matMul(left!, right!, transposeA, transposeB));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("sum", () => {
  it("has the cpu backend's values over any axes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { minLength: 1, maxLength: 4 }),
        fc.subarray([0, 1, 2, 3]),
        fc.boolean(),
        seed,
        async (shape, wanted, keepDims, start) => {
          const axes = wanted.filter((axis) => axis < shape.length);
          await expectSame([noise(shape, start)], (x) => sum(x, axes, keepDims));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stays exact to 1e-5 over a hundred thousand rows", async () => {
    const rows = noise([100_000, 3], 1);
    const shifted: Value = { shape: rows.shape, values: rows.values.map((value) => value + 1) };
    await expectSame([shifted], (x) => sum(x, 0));
  });
});

describe("unsortedSegmentSum", () => {
  it("adds up rows of one segment; ids out of range are left out", async () => {
    const ids = fc.array(fc.integer({ min: -1, max: 9 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.constantFrom<number[]>([], [3], [2, 4]),
        ids,
        seed,
        async (segments, row, list, start) => {
          const rows = noise([list.length, ...row], start);
          await expectSame([rows], (x) => unsortedSegmentSum(x!, list as unknown as Tensor1D, segments));
        },
      ),
      { numRuns: 60 },
    );
  });
});
