import {
  broadcastTo,
  fused,
  matMul,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  unsortedSegmentSum,
} from "@tensorflow/tfjs-core";
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

describe("matMul by our own kernel", () => {
  it.each([
    [[], 1, 300, 9],
    [[], 65, 257, 12],
    [[3], 4, 32, 8],
    [[], 7, 6, 261],
    [[2], 70, 9, 3],
  ])("has the cpu backend's values in blocks: %o times [%i, %i] and %i columns", async (outer, m, k, n) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = noise([...outer, ...(transposeA ? [k, m] : [m, k])], 1);
        const b = noise([...outer, ...(transposeB ? [n, k] : [k, n])], 2);
        await expectSame([a, b], (left, right) => matMul(left!, right!, transposeA, transposeB));
      }
    }
  });

  it.each([
    [[2, 3], [3]],
    [[2, 3], [1]],
    [[3], [2, 3]],
    [[2, 3], []],
  ])("broadcasts batches of %o and %o", async (outerA, outerB) => {
    const [a, b] = [noise([...outerA, 2, 5], 1), noise([...outerB, 4, 5], 2)];
    await expectSame([a, b], (left, right) => matMul(left!, right!, false, true));
  });

  it("broadcasts both batches, which the cpu backend gets wrong", async () => {
    const [a, b] = [noise([2, 1, 3, 5], 1), noise([1, 4, 5, 2], 2)];
    const whole = (x: Tensor) => broadcastTo(x, [2, 4, ...x.shape.slice(2)]);
    await expectSame(
      [a, b],
      (left, right) => matMul(left!, right!),
      (left, right) => tidy(() => matMul(whole(left!), whole(right!))),
    );
  });

  it.each(["linear", "relu", "elu"] as const)(
    "has the cpu backend's values fused with a bias and %s",
    async (activation) => {
      for (const n of [8, 6]) {
        await expectSame([noise([5, 7], 1), noise([7, n], 2), noise([n], 3)], (a, b, bias) =>
          fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias: bias as Tensor1D, activation }),
        );
      }
    },
  );
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

describe("sum of long rows", () => {
  it("stays within the module's stack", async () => {
    await expectSame([noise([32, 32_768], 1)], (x) => sum(x, 0));
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
