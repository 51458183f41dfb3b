import { idi } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { optionsOf, permute, rank, rowsOf, type Spec, stored, storedShape, taps } from "./reference.js";

const strict = (options = {}) => idi({ loose: 0, ...options });
const size = fc.integer({ min: 1, max: 20 });

/** IDI on one group's flattened kernel, read off the definition. */
function expectedCanonical(spec: Spec, order: string, centre: boolean): number[] {
  const K = taps(spec);
  const rows = spec.out / spec.groups;
  const middle = spec.spatial.reduce((index, k) => index * k + Math.floor(k / 2), 0);
  const values: number[] = [];
  for (let m = 0; m < spec.out; m++) {
    const row = m % rows;
    for (let c = 0; c < spec.inputs; c++) {
      for (let t = 0; t < K; t++) {
        const column = order === "kernel-fastest" ? c * K + t : t * spec.inputs + c;
        const one = centre ? t === middle && c === row % spec.inputs : column === row % (spec.inputs * K);
        values.push(one ? 1 : 0);
      }
    }
  }
  return values;
}

describe("dense", () => {
  test("the vectors of the method: e0 e1 e2 e0 e1, and e0 e1 e2", () => {
    expect(rowsOf(strict().generate([5, 3]), 3)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(rowsOf(strict().generate([3, 5]), 5)).toEqual([
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
    ]);
    expect(rowsOf(strict().generate([3, 5], { layout: "IO" }), 5)).toEqual([
      [1, 0, 0, 1, 0],
      [0, 1, 0, 0, 1],
      [0, 0, 1, 0, 0],
    ]);
  });

  test("one non-zero a row; rank min(out, in); a plain identity for out <= in", () => {
    fc.assert(
      fc.property(size, size, (out, inputs) => {
        const rows = rowsOf(strict({ tau: 2 }).generate([out, inputs]), inputs);
        for (const row of rows) expect(row.filter((value) => value !== 0)).toEqual([2]);
        expect(rank(rows)).toBe(Math.min(out, inputs));
        if (out <= inputs) {
          rows.forEach((row, m) => {
            expect(row.indexOf(2)).toBe(m);
          });
        }
      }),
    );
  });

  test("packed QKV is three stacked identities, with or without parts", () => {
    const identity = [...strict().generate([4, 4])];
    expect([...strict().generate([12, 4])]).toEqual([...identity, ...identity, ...identity]);
    expect([...strict().generate([12, 4], { parts: 3 })]).toEqual([...identity, ...identity, ...identity]);
  });

  test("parts restart the identity where stacking would run on", () => {
    const rows = rowsOf(strict().generate([4, 3], { parts: 2 }), 3);
    expect(rows.map((row) => row.indexOf(1))).toEqual([0, 1, 0, 1]);
  });
});

describe("loose", () => {
  test("noise of standard deviation sigma on the identity entries only", () => {
    const out = 40_000;
    const rows = rowsOf(idi({ tau: 1, loose: 1e-3 }).generate([out, 4], { seed: 5, key: "w" }), 4);
    expect(rows.every((row) => row.filter((value) => value !== 0).length === 1)).toBe(true);
    const noise = rows.map((row, m) => row[m % 4]! - 1);
    const mean = noise.reduce((sum, value) => sum + value, 0) / out;
    const std = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / out);
    expect(Math.abs(mean)).toBeLessThan((5 * 1e-3) / Math.sqrt(out));
    expect(Math.abs(std / 1e-3 - 1)).toBeLessThan(5 / Math.sqrt(2 * out));
  });

  test("the default sigma is 1e-6, and it forks by key and seed", () => {
    const make = (seed: number, key: string) => idi().generate([64, 64], { seed, key });
    const diagonal = [...make(0, "a")].filter((value) => value !== 0);
    expect(diagonal.every((value) => Math.abs(value - 1) < 6e-6)).toBe(true);
    expect(new Set(diagonal).size).toBeGreaterThan(10);
    expect(make(0, "a")).toEqual(make(0, "a"));
    expect(make(0, "a")).not.toEqual(make(1, "a"));
    expect(make(0, "a")).not.toEqual(make(0, "b"));
  });
});

describe("convolutions", () => {
  test("every layout, group count and order holds the flattened definition", () => {
    const orders = fc.constantFrom("kernel-fastest" as const, "channel-fastest" as const);
    const modes = fc.constantFrom("auto" as const, "patch" as const, "centre" as const);
    fc.assert(
      fc.property(stored, orders, modes, ({ spec, layout }, order, mode) => {
        const centre = mode === "centre" || (mode === "auto" && (spec.groups > 1 || spec.transposed));
        const values = strict({ order, taps: mode }).generate(storedShape(spec, layout), optionsOf(spec, { layout }));
        expect(values).toEqual(permute(expectedCanonical(spec, order, centre), spec, layout));
      }),
      { numRuns: 300 },
    );
  });

  test("kernel-fastest views OIHW as a matrix: output m reads channel floor(m / K), tap m mod K", () => {
    const values = strict().generate([12, 2, 3, 3]);
    const positions = [...values].flatMap((value, at) => (value === 1 ? [at] : []));
    expect(positions).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((m) => m * 18 + m));
  });

  test("1x1 kernels are IDI in both orders", () => {
    const dense = strict().generate([7, 3]);
    expect(strict().generate([7, 3, 1, 1])).toEqual(dense);
    expect(strict({ order: "channel-fastest" }).generate([7, 3, 1, 1])).toEqual(dense);
  });

  test("depthwise: the centre tap of each channel", () => {
    const values = rowsOf(strict().generate([3, 1, 3, 3], { groups: 3 }), 9);
    for (const row of values) expect(row).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  test("transposed with groups, stored [in, out / groups, k]: centre tap, group by group", () => {
    // 4 inputs, 4 outputs, 2 groups, even kernel of 2: the centre is tap 1.
    const values = strict().generate([4, 2, 2], { layout: "IOW", groups: 2, transposed: true });
    expect(rowsOf(values, 4)).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 1],
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ]);
  });
});

test.each([
  [() => idi({ tau: Number.NaN }), "idi: tau must be a finite float32 number, got NaN"],
  [() => idi({ tau: 1e39 }), "idi: tau must be a finite float32 number, got 1e+39"],
  [() => idi({ loose: -1 }), "idi: loose must be a finite float32 number >= 0, got -1"],
  [() => idi({ order: "fast" as never }), 'idi: order must be one of kernel-fastest, channel-fastest, got "fast"'],
  [() => idi({ taps: "middle" as never }), 'idi: taps must be one of auto, patch, centre, got "middle"'],
  [() => idi().generate([0, 64], { key: "fc1" }), 'idi: shape needs out >= 1, got [0, 64] (layer "fc1")'],
  [() => idi().generate([3], { key: "b" }), 'idi: shape needs an out and an in axis, got [3] in layout O (layer "b")'],
  [() => idi().generate([4, 4], { parts: 3 }), "idi: parts must divide out = 4, got 3"],
  [() => idi().generate([4, 4], { parts: 0 }), "idi: parts must be an integer >= 1, got 0"],
  [() => idi().generate([4, 4], { parts: 2, groups: 2 }), "idi: parts 2 can't be joined with groups 2"],
])("%s is an error", (make, message) => {
  expect(make).toThrow(message);
});
