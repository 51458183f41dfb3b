import {
  fans,
  glorotUniform,
  hadamard,
  heNormal,
  IdinitError,
  identity,
  normal,
  orthogonal,
  varianceScaling,
  withAxes,
} from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixture } from "./fixture.js";

describe("fans", () => {
  test.each(fixture.fans)("as PyTorch counts them: $shape, groups $groups", ({ shape, groups, fanIn, fanOut }) => {
    expect(fans(shape, { groups })).toEqual({ fanIn, fanOut });
  });

  test("by meaning, whatever the layout", () => {
    expect(fans([3, 3, 16, 32], { layout: "HWIO" })).toEqual({ fanIn: 144, fanOut: 288 });
    // ConvTranspose2d(8, 12, 3, groups=4): weight [8, 3, 3, 3].
    expect(fans([8, 3, 3, 3], { layout: "IOHW", groups: 4, transposed: true })).toEqual({ fanIn: 18, fanOut: 108 });
    expect(fans([3 * 64, 64], { parts: 3 })).toEqual({ fanIn: 64, fanOut: 64 });
  });

  test.each([
    // jax: fan = size of the named axes times that of all unnamed ones; batch axes do not count.
    [[512, 8, 64], { in: 0, out: [1, 2] }, 512, 512],
    [[8, 64, 512], { in: [0, 1], out: 2 }, 512, 512],
    [[8, 64, 512], { in: [0, 1], out: -1 }, 512, 512],
    [[16, 128, 256], { batch: 0 }, 128, 256],
    [[128, 256], {}, 128, 256],
    [[3, 3, 16, 32], {}, 144, 288],
    [[3, 512, 8, 64], { batch: [0], in: 1, out: [2, 3] }, 512, 512],
  ])("%j, axes %j: %i and %i", (shape, axes, fanIn, fanOut) => {
    expect(fans(shape, { axes })).toEqual({ fanIn, fanOut });
  });

  test.each([
    [() => fans([3]), "fans: shape needs an out and an in axis, got [3] in layout O"],
    [() => fans([4, 3], { parts: 3 }), "fans: parts must divide out = 4, got 3"],
    [() => fans([4, 3], { axes: { in: 2 } }), "fans: in axis 2 is not in shape [4, 3]"],
    [() => fans([4, 3], { axes: { in: 1 }, key: "w" }), 'fans: axis 1 is named twice for shape [4, 3] (layer "w")'],
  ])("%s", (call, message) => {
    expect(call).toThrow(IdinitError);
    expect(call).toThrow(message);
  });
});

describe("withAxes", () => {
  const options = { seed: 5, key: "w" };

  test("is a permutation of the out-first kernel", () => {
    for (const initializer of [normal(), orthogonal(), heNormal(), hadamard()]) {
      const plain = initializer.generate([6, 4], options); // [out = (heads, dh), in]
      const stored = withAxes(initializer, { in: 0, out: [1, 2] }).generate([4, 2, 3], options); // [d, heads, dh]
      for (let d = 0; d < 4; d++) {
        for (let out = 0; out < 6; out++) expect(stored[d * 6 + out]).toBe(plain[out * 4 + d]);
      }
    }
  });

  test("two axes exchanged are a transposition, and out first needs none", () => {
    const plain = orthogonal().generate([5, 3], options);
    const swapped = withAxes(orthogonal(), {}).generate([3, 5], options);
    expect([...swapped]).toEqual([...orthogonal().generate([3, 5], { ...options, layout: "IO" })]);
    expect(withAxes(orthogonal(), { out: 0, in: 1 }).generate([5, 3], options)).toEqual(plain);
  });

  test("axes that nothing names are spatial, as in HWIO", () => {
    expect(withAxes(identity(), {}).generate([3, 3, 2, 2])).toEqual(
      identity().generate([3, 3, 2, 2], { layout: "HWIO" }),
    );
  });

  test("each batch index has a kernel of its own", () => {
    const experts = withAxes(orthogonal(), { batch: 0, in: 1, out: 2 }).generate([3, 4, 4], options);
    const kernels = [0, 1, 2].map((n) => [...experts.slice(16 * n, 16 * n + 16)]);
    for (const kernel of kernels) {
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) {
          const dot = [0, 1, 2, 3].reduce((sum, k) => sum + kernel[i * 4 + k]! * kernel[j * 4 + k]!, 0);
          expect(dot).toBeCloseTo(i === j ? 1 : 0, 6);
        }
      }
    }
    expect(kernels[0]).not.toEqual(kernels[1]);
  });

  test("variance follows the fans of the axes", () => {
    const shape = [40, 4, 30];
    const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));
    const limit = Math.sqrt(6 / (40 + 120));
    const values = withAxes(glorotUniform(), { in: 0, out: [1, 2] }).generate(shape, options);
    expect(largest(values)).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest(values)).toBeGreaterThan(0.99 * limit);
    const perExpert = varianceScaling({ mode: "fan_in", distribution: "uniform" });
    expect(largest(withAxes(perExpert, { batch: 1, in: 0, out: 2 }).generate(shape, options))).toBeGreaterThan(
      0.99 * Math.sqrt(3 / 40),
    );
  });

  test("any arrangement: each element is that of the canonical kernel, by multi-index", () => {
    const kinds = fc.array(fc.constantFrom("in", "out", "batch", "spatial"), { minLength: 1, maxLength: 5 });
    const arrangement = kinds
      .filter((all) => all.filter((kind) => kind === "spatial").length <= 3)
      .chain((all) =>
        fc.record({
          kinds: fc.constant(all),
          shape: fc.tuple(...all.map(() => fc.integer({ min: 1, max: 4 }))),
        }),
      );
    fc.assert(
      fc.property(arrangement, fc.constantFrom(normal(), heNormal(), hadamard()), ({ kinds, shape }, initializer) => {
        const of = (kind: string) => kinds.flatMap((one, axis) => (one === kind ? [axis] : []));
        const axes = { in: of("in"), out: of("out"), batch: of("batch") };
        const size = (list: number[]) => list.reduce((product, axis) => product * shape[axis]!, 1);
        const spatial = of("spatial");
        const parts = size(axes.batch);
        const canonical = initializer.generate(
          [parts * size(axes.out), size(axes.in), ...spatial.map((axis) => shape[axis]!)],
          { ...options, parts },
        );
        const stored = withAxes(initializer, axes).generate(shape, options);
        const order = [...axes.batch, ...axes.out, ...axes.in, ...spatial];
        expect(stored).toHaveLength(canonical.length);
        stored.forEach((value, at) => {
          const index = shape.map(
            (_, axis) => Math.floor(at / size(kinds.flatMap((_k, i) => (i > axis ? [i] : [])))) % shape[axis]!,
          );
          const from = order.reduce((sum, axis) => sum * shape[axis]! + index[axis]!, 0);
          expect(value).toBe(canonical[from]);
        });
      }),
      { numRuns: 200 },
    );
  });

  test("is a printable value", () => {
    const initializer = withAxes(normal(), { in: 0, out: [1, 2] });
    expect(JSON.parse(JSON.stringify(initializer))).toEqual({
      name: "normal",
      params: { mean: 0, std: 1, axes: { in: [0], out: [1, 2], batch: [] } },
    });
  });

  test.each([
    [{ in: 0.5 }, {}, "in axis 0.5 is not in shape [2, 2, 2, 2, 2, 2]"],
    [{ in: 0, out: 1 }, {}, "at most 3 axes can be spatial, got axes [2, 3, 4, 5]"],
    [{}, { layout: "OI" as const, key: "w" }, 'layout has no meaning beside axes, got "OI" (layer "w")'],
    [{}, { groups: 2 }, "groups has no meaning beside axes, got 2"],
  ])("%j, %j is an error", (axes, given, message) => {
    expect(() => withAxes(normal(), axes).generate([2, 2, 2, 2, 2, 2], given)).toThrow(message);
  });
});
