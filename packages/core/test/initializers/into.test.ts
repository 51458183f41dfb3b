import {
  constant,
  deltaOrthogonal,
  type GenerateOptions,
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  IdinitError,
  type Initializer,
  identity,
  idi,
  idiz,
  mimetic,
  normal,
  ones,
  orthogonal,
  sparse,
  stft,
  truncatedNormal,
  uniform,
  withAxes,
  zeros,
} from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastPartScaled } from "../../src/schemes/scaledParts.js";
import { LAYOUTS_BY_SPATIAL, optionsOf, stored, storedShape, taps } from "./reference.js";

const initializers: Initializer[] = [
  constant(0.5),
  deltaOrthogonal({ narrowing: "rows" }),
  glorotNormal({ truncated: true }),
  glorotUniform(),
  hadamard(),
  heNormal(),
  identity(),
  idi({ loose: 0.1 }),
  idi({ order: "channel-fastest", taps: "patch" }),
  idiz(),
  normal({ mean: 1 }),
  ones(),
  orthogonal(),
  sparse(),
  truncatedNormal(),
  uniform(),
  zeros(),
];
const any = fc.constantFrom(...initializers);

/** Elements of a stored tensor whose index on axis O is in [start, start + count), in stored order. */
function sliceOut(values: Float32Array, shape: readonly number[], axis: number, start: number, count: number) {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return values.filter((_, i) => {
    const index = Math.floor(i / inner) % shape[axis]!;
    return index >= start && index < start + count;
  });
}

describe("generateInto", () => {
  test("writes what generate returns, whatever the target held", () => {
    fc.assert(
      fc.property(any, stored, fc.nat(99), (initializer, { spec, layout }, seed) => {
        const options = optionsOf(spec, { layout, seed, key: "w" });
        const target = new Float32Array(spec.out * spec.inputs * taps(spec)).fill(Number.NaN);
        initializer.generateInto(target, storedShape(spec, layout), options);
        expect(target).toEqual(initializer.generate(storedShape(spec, layout), options));
      }),
      { numRuns: 150 },
    );
  });

  test("a target of another length is an error and stays as it is", () => {
    const target = new Float32Array(5).fill(7);
    expect(() => idi().generateInto(target, [2, 3], { key: "fc" })).toThrow(
      'idi: target needs 6 elements for [2, 3], rows [0, 2], got 5 (layer "fc")',
    );
    expect(() => orthogonal().generateInto(target, [4, 3], { rows: [1, 2] })).toThrow(
      "orthogonal: target needs 6 elements for [4, 3], rows [1, 2], got 5",
    );
    expect(() => withAxes(normal(), { out: 0, in: 1 }).generateInto(target, [2, 3])).toThrow(
      "normal: target needs 6 elements for [2, 3], got 5",
    );
    expect([...target]).toEqual([7, 7, 7, 7, 7]);
  });

  const refused: [
    what: string,
    initializer: Initializer,
    shape: number[],
    options: GenerateOptions,
    message: string,
  ][] = [
    [
      "more inputs than outputs",
      deltaOrthogonal(),
      [2, 3],
      {},
      '[out, in] with in <= out in each group, or narrowing: "rows" for orthonormal rows, got [2, 3]',
    ],
    [
      "two inputs for a Fourier transform",
      stft({ side: "real" }),
      [3, 2, 4],
      {},
      "[out, in, taps] with in = 1 and out >= 2",
    ],
    [
      "a window of another length",
      stft({ side: "real", window: [1, 2] }),
      [3, 1, 4],
      {},
      "one number for each of 4 taps, got 2",
    ],
    ["a window of zeros", stft({ side: "real", window: [0, 0] }), [3, 1, 2], {}, "window is 0 everywhere"],
    ["a packed weight with groups", lastPartScaled(idi(), 0.5), [4, 2], { groups: 2 }, "can't have groups, got 2"],
    [
      "an attention weight that is not square",
      mimetic({ heads: 1, attention: "a" }).query,
      [4, 2],
      {},
      "[out, in] with out = in and without groups, got [4, 2]",
    ],
    ["an axis that is not there", withAxes(idi(), { in: 5 }), [4, 2], {}, "in axis 5 is not in shape [4, 2]"],
    ["no probability", truncatedNormal({ low: 50, high: 60 }), [4, 2], {}, "no probability"],
    [
      "no probability, stored in first",
      truncatedNormal({ low: 50, high: 60 }),
      [4, 2],
      { layout: "IO" },
      "no probability",
    ],
    ["no in axis", idi(), [8], {}, "needs an out and an in axis, got [8] in layout O"],
    ["parts that do not divide", identity(), [4, 2], { parts: 3 }, "parts must divide out = 4, got 3"],
    ["parts and groups", hadamard(), [4, 2], { parts: 2, groups: 2 }, "parts 2 can't be joined with groups 2"],
    ["groups that do not divide", zeros(), [4, 2], { groups: 3 }, "groups must divide out = 4, got 3"],
    ["rows behind the end", idiz(), [4, 2], { rows: [2, 3] }, "rows must be [start, count] within out = 4"],
    ["another seed", idi(), [4, 2], { seed: -1 }, "seed must be an integer in [0, 2^53), got -1"],
  ];

  test.each(refused)("%s: an error, and the target stays as it is", (_, initializer, shape, options, message) => {
    const target = new Float32Array(shape.reduce((product, size) => product * size)).fill(7);
    const run = () => initializer.generateInto(target, shape, { key: "w", ...options });
    expect(run).toThrow(IdinitError);
    expect(run).toThrow(message);
    expect(target.every((value) => value === 7)).toBe(true);
  });

  test("the layer is named where the kernel is of the wrong shape", () => {
    for (const [, initializer, shape, options] of refused.slice(0, 3)) {
      expect(() => initializer.generate(shape, { ...options, key: "w" })).toThrow(/\(layer "w"\)$/);
    }
  });
});

describe("rows", () => {
  const ranges = fc.tuple(fc.nat(1000), fc.nat(1000));

  test("are the slice of the whole along out, in every layout, group and part", () => {
    fc.assert(
      fc.property(
        any,
        stored,
        ranges,
        fc.integer({ min: 1, max: 3 }),
        (initializer, { spec, layout }, range, parts) => {
          fc.pre(!spec.transposed || spec.groups === 1);
          const split = spec.groups === 1 && spec.out % parts === 0 ? parts : 1;
          const options = optionsOf(spec, { layout, seed: 5, key: "w", parts: split });
          const shape = storedShape(spec, layout);
          const start = range[0] % spec.out;
          const count = 1 + (range[1] % (spec.out - start));
          const expected = sliceOut(initializer.generate(shape, options), shape, layout.indexOf("O"), start, count);
          const rows = [start, count] as const;
          expect(initializer.generate(shape, { ...options, rows })).toEqual(expected);
          const target = new Float32Array(expected.length).fill(Number.NaN);
          initializer.generateInto(target, shape, { ...options, rows });
          expect(target).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("of plain values are elements", () => {
    const options = { layout: "O", seed: 1, key: "bias" } as const;
    const whole = normal().generate([5, 7], options);
    expect(normal().generate([5, 7], { ...options, rows: [9, 20] })).toEqual(whole.slice(9, 29));
  });

  test.each([[[-1, 2]], [[3, 0]], [[3, 2]], [[0.5, 1]], [[1]], ["all"]])("%j of 4 rows is an error", (rows) => {
    expect(() => idi().generate([4, 2], { rows: rows as never, key: "fc" })).toThrow(
      /^idi: rows must be \[start, count\] within out = 4, count >= 1, got .* \(layer "fc"\)$/,
    );
  });

  test("transposed kernels with groups can't be sliced", () => {
    const shape = [4, 3, 2, 2];
    expect(() => normal().generate(shape, { layout: "IOHW", transposed: true, groups: 2, rows: [0, 3] })).toThrow(
      "normal: rows can't be cut from a transposed kernel with groups 2",
    );
  });

  test("delta-orthogonal kernels are cut from the whole", () => {
    const whole = deltaOrthogonal().generate([6, 3, 3, 3], { seed: 2, key: "conv" });
    const rows = deltaOrthogonal().generate([6, 3, 3, 3], { seed: 2, key: "conv", rows: [2, 3] });
    expect(rows).toEqual(whole.slice(2 * 27, 5 * 27));
  });
});

test("every layout has one axis O to slice", () => {
  expect(LAYOUTS_BY_SPATIAL.flat().every((layout) => layout.split("O").length === 2)).toBe(true);
});
