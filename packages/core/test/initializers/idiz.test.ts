import { idiz } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { optionsOf, permute, rank, rowsOf, stored, storedShape, taps } from "./reference.js";

const unit = (options = {}) => idiz({ epsilon: 1, ...options });
const size = fc.integer({ min: 1, max: 20 });

/** The vectors of the method, in units of epsilon. */
const VECTORS: [shape: [number, number], rows: number[][]][] = [
  [
    [3, 5],
    [
      [1, 0, 0, -1, 0],
      [0, 1, 0, 0, -1],
      [0, 0, 1, -1, 0],
    ],
  ],
  [
    [3, 4],
    [
      [1, 0, 0, -1],
      [0, 1, 0, -1],
      [0, 0, 1, -1],
    ],
  ],
  [
    [4, 4],
    [
      [1, -1, 0, 0],
      [0, 1, -1, 0],
      [0, 0, 1, -1],
      [-1, 0, 0, 1],
    ],
  ],
  [
    [5, 3],
    [
      [1, -1, 0],
      [0, 1, -1],
      [-1, 0, 1],
      [1, -1, 0],
      [0, 1, -1],
    ],
  ],
  [
    [4, 1],
    [[1], [-1], [1], [-1]],
  ],
];

describe("dense", () => {
  test.each(VECTORS)("%j", ([out, inputs], rows) => {
    expect(rowsOf(unit().generate([out, inputs]), inputs)).toEqual(rows);
    const spec = { out, inputs, spatial: [], groups: 1, transposed: false };
    expect(unit().generate([inputs, out], { layout: "IO" })).toEqual(permute(rows.flat(), spec, "IO"));
  });

  test("two entries a row that sum to 0; rank out or in − 1", () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 2, max: 20 }), (out, inputs) => {
        const rows = rowsOf(unit().generate([out, inputs]), inputs);
        for (const row of rows) expect(row.filter((value) => value !== 0).sort()).toEqual([-1, 1]);
        expect(rank(rows)).toBe(out < inputs ? out : inputs - 1);
      }),
    );
  });

  test("never random; 1e-6 by default", () => {
    const values = idiz().generate([3, 4], { seed: 1, key: "a" });
    expect(values).toEqual(idiz().generate([3, 4], { seed: 2, key: "b" }));
    expect(new Set(values)).toEqual(new Set([Math.fround(1e-6), 0, Math.fround(-1e-6)]));
  });
});

test("a convolution is the flattened matrix, per group; at the centre where taps say so", () => {
  const orders = fc.constantFrom("kernel-fastest" as const, "channel-fastest" as const);
  const modes = fc.constantFrom("auto" as const, "patch" as const, "centre" as const);
  fc.assert(
    fc.property(stored, orders, modes, ({ spec, layout }, order, mode) => {
      const K = taps(spec);
      const rows = spec.out / spec.groups;
      const centre = mode === "centre" || (mode === "auto" && (spec.groups > 1 || spec.transposed));
      const middle = spec.spatial.reduce((index, k) => index * k + Math.floor(k / 2), 0);
      const matrix = unit().generate([rows, centre ? spec.inputs : spec.inputs * K]);
      const canonical: number[] = [];
      for (let m = 0; m < spec.out; m++) {
        for (let c = 0; c < spec.inputs; c++) {
          for (let t = 0; t < K; t++) {
            const column = order === "kernel-fastest" ? c * K + t : t * spec.inputs + c;
            const row = m % rows;
            if (centre) canonical.push(t === middle ? matrix[row * spec.inputs + c]! : 0);
            else canonical.push(matrix[row * spec.inputs * K + column]!);
          }
        }
      }
      const values = unit({ order, taps: mode }).generate(storedShape(spec, layout), optionsOf(spec, { layout }));
      expect(values).toEqual(permute(canonical, spec, layout));
    }),
    { numRuns: 300 },
  );
});

test("the example of the documentation: channel-fastest in HWIO", () => {
  const values = idiz({ order: "channel-fastest", epsilon: 1 }).generate([3, 3, 16, 32], { layout: "HWIO" });
  const at = (u: number, v: number, i: number, o: number) => values[((u * 3 + v) * 16 + i) * 32 + o];
  expect([at(0, 0, 5, 5), at(0, 1, 1, 17)]).toEqual([1, 1]);
  // 144 columns, 32 outputs, so row 0 has its −ε in column 32: tap 2, channel 0.
  expect(at(0, 2, 0, 0)).toBe(-1);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("epsilon %s is an error", (epsilon) => {
  expect(() => idiz({ epsilon })).toThrow("idiz: epsilon must be a finite float32 number");
});
