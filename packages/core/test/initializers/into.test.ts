import {
  constant,
  deltaOrthogonal,
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  type Initializer,
  identity,
  idi,
  idiz,
  normal,
  ones,
  orthogonal,
  sparse,
  truncatedNormal,
  uniform,
  withAxes,
  zeros,
} from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LAYOUTS_BY_SPATIAL, optionsOf, stored, storedShape, taps } from "./reference.js";

const initializers: Initializer[] = [
  constant(0.5),
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
      'idi: target needs 6 elements for [2, 3], got 5 (layer "fc")',
    );
    expect(() => orthogonal().generateInto(target, [4, 3], { rows: [1, 2] })).toThrow(
      "orthogonal: target needs 6 elements for [4, 3], rows [1, 2], got 5",
    );
    expect(() => withAxes(normal(), { out: 0, in: 1 }).generateInto(target, [2, 3])).toThrow(
      "normal: target needs 6 elements for [2, 3], got 5",
    );
    expect([...target]).toEqual([7, 7, 7, 7, 7]);
  });

  test("an unfitting kernel leaves the target as it is", () => {
    const target = new Float32Array(2).fill(7);
    expect(() => truncatedNormal({ low: 50, high: 60 }).generateInto(target, [2])).toThrow("no probability");
    expect([...target]).toEqual([7, 7]);
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
