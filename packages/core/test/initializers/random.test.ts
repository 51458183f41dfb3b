import {
  gain,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  kaimingNormal,
  lecunNormal,
  lecunUniform,
  type Nonlinearity,
  normal,
  orthogonal,
  toCanonical,
  truncatedNormal,
  uniform,
  varianceScaling,
  xavierUniform,
} from "@idinit/core";
import { describe, expect, test } from "vitest";
import fixture from "../../fixtures/statistics.json" with { type: "json" };
import { normalCdf } from "../../src/random/normalDistribution.js";
import { kolmogorovSmirnov, moments } from "../random/statistics.js";

/** The fixture's families, by our names. */
const FAMILIES: Record<string, Initializer> = {
  glorotUniform: glorotUniform(),
  glorotNormal: glorotNormal(),
  "glorotUniform gain": glorotUniform({ gain: 2.5 }),
  heUniform: heUniform(),
  "heUniform torch layer": heUniform({ nonlinearity: "leakyRelu", slope: Math.sqrt(5) }),
  heNormal: heNormal(),
  "heNormal fan_out tanh": heNormal({ mode: "fan_out", nonlinearity: "tanh" }),
  lecunNormal: lecunNormal(),
  normal: normal({ mean: 0.5, std: 0.02 }),
  uniform: uniform({ low: -0.3, high: 0.7 }),
  truncatedNormal: truncatedNormal({ mean: 0.1, std: 0.5, low: -0.6, high: 0.4 }),
  orthogonal: orthogonal({ gain: 1.5 }),
};

/** Several draws with different seeds, together. */
function sample(initializer: Initializer, shape: readonly number[], draws = 4): Float32Array {
  const tensors = Array.from({ length: draws }, (_, seed) => initializer.generate(shape, { seed, key: "w" }));
  const all = new Float32Array(draws * tensors[0]!.length);
  tensors.forEach((tensor, i) => {
    all.set(tensor, i * tensor.length);
  });
  return all;
}

describe("moments and quantiles of torch.nn.init", () => {
  test.each(fixture.statistics)("$family $shape", ({ family, shape, ...torch }) => {
    const values = sample(FAMILIES[family]!, shape);
    const ours = moments(values);
    // Five standard errors of the difference of two samples. Kurtosis is at most the normal's, 3.
    const n = 1 / (1 / values.length + 1 / torch.count);
    expect(Math.abs(ours.mean - torch.mean)).toBeLessThan((5 * torch.std) / Math.sqrt(n));
    expect(Math.abs(ours.std / torch.std - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    torch.quantiles.forEach((quantile, i) => {
      const p = fixture.probabilities[i]!;
      const share = values.filter((value) => value <= quantile).length / values.length;
      expect(Math.abs(share - p), `quantile ${p}`).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n) + 1e-6);
    });
  });

  test.each(fixture.gains)("gain of $nonlinearity", ({ nonlinearity, slope, gain: expected }) => {
    const name = nonlinearity === "leaky_relu" ? "leakyRelu" : nonlinearity;
    expect(gain(name as Nonlinearity, slope ?? undefined)).toBeCloseTo(expected, 14);
  });
});

describe("variance scaling", () => {
  test("uniform families stay within their bounds and come near them", () => {
    const bound = Math.sqrt(6 / (96 + 256));
    const values = sample(glorotUniform(), [256, 96]);
    expect(Math.max(...values.slice(0, 50_000).map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(kolmogorovSmirnov(values, (x) => (x + bound) / (2 * bound))).toBeLessThan(2.2);
  });

  test.each([
    ["fan_in", 20 * 9],
    ["fan_out", 40 * 9],
    ["fan_avg", 30 * 9],
  ] as const)("%s", (mode, fan) => {
    const values = sample(varianceScaling({ scale: 3, mode }), [40, 20, 3, 3]);
    expect(kolmogorovSmirnov(values, (x) => normalCdf(x / Math.sqrt(3 / fan)))).toBeLessThan(2.2);
  });

  test.each([heNormal, glorotNormal, lecunNormal])(
    "truncated: right variance, within 2 / 0.8796 deviations",
    (make) => {
      const shape = [100, 50];
      const plain = moments(sample(make(), shape)).std;
      const values = sample(make({ truncated: true }), shape);
      const { std } = moments(values);
      expect(Math.abs(std / plain - 1)).toBeLessThan(0.015);
      const edge = Math.max(...values.map(Math.abs)) / std;
      expect(edge).toBeGreaterThan(2.2);
      expect(edge).toBeLessThan(2 / 0.8796 + 0.02);
    },
  );

  test("lecunUniform has variance 1 / fan_in", () => {
    const bound = Math.sqrt(3 / 50);
    expect(kolmogorovSmirnov(sample(lecunUniform(), [100, 50]), (x) => (x + bound) / (2 * bound))).toBeLessThan(2.2);
  });

  test("fans are counted by meaning: per group, by layout, for transposed kernels, per part", () => {
    const fans = (...args: Parameters<typeof toCanonical>) => {
      const { fanIn, fanOut } = toCanonical(...args);
      return [fanIn, fanOut];
    };
    expect(fans([64, 3, 7, 7])).toEqual([147, 3136]);
    expect(fans([7, 7, 3, 64], { layout: "HWIO" })).toEqual([147, 3136]);
    expect(fans([32, 1, 3, 3], { groups: 32 })).toEqual([9, 288]);
    expect(fans([8, 5, 2, 2], { layout: "IOHW", transposed: true, groups: 2 })).toEqual([16, 40]);
    const packed = sample(varianceScaling({ mode: "fan_out" }), [300, 50]);
    const parted = Array.from({ length: 4 }, (_, seed) => [
      ...varianceScaling({ mode: "fan_out" }).generate([300, 50], { seed, key: "w", parts: 3 }),
    ]).flat();
    expect(moments(parted).std / moments(packed).std).toBeCloseTo(Math.sqrt(3), 5);
  });

  test("aliases are the same factories", () => {
    expect([xavierUniform, kaimingNormal]).toEqual([glorotUniform, heNormal]);
  });
});

describe("truncated normal", () => {
  test("Keras's corrected form: std as asked, bounds 2 / 0.8796 deviations", () => {
    const corrected = truncatedNormal({ std: 0.02, bounds: "std", corrected: true });
    const values = sample(corrected, [200, 500]);
    expect(Math.abs(moments(values).std / 0.02 - 1)).toBeLessThan(0.005);
    const edge = (2 * 0.02) / 0.87962566103423978;
    expect(Math.max(...values.slice(0, 100_000).map(Math.abs))).toBeLessThanOrEqual(Math.fround(edge) + 1e-9);
  });

  test("bounds in deviations around the mean, not corrected", () => {
    const values = sample(truncatedNormal({ mean: 1, std: 0.1, low: -1, high: 2, bounds: "std" }), [200, 100], 1);
    expect(values.every((value) => value >= Math.fround(0.9) && value <= Math.fround(1.2))).toBe(true);
    const mass = normalCdf(2) - normalCdf(-1);
    expect(kolmogorovSmirnov(values, (x) => (normalCdf((x - 1) / 0.1) - normalCdf(-1)) / mass)).toBeLessThan(2.2);
  });
});

test.each([
  [() => normal({ std: -1 }), "normal: std must be a finite float32 number >= 0, got -1"],
  [() => uniform({ low: 1, high: 0 }), "uniform: low must not be above high, got low 1, high 0"],
  [() => truncatedNormal({ std: 0 }), "truncatedNormal: std must be a finite float32 number > 0, got 0"],
  [() => truncatedNormal({ low: 2, high: 2 }), "truncatedNormal: low must be below high, got low 2, high 2"],
  [() => truncatedNormal({ corrected: true }), 'truncatedNormal: corrected needs bounds "std", got "absolute"'],
  [
    () => truncatedNormal({ low: 50, high: 60, bounds: "std", corrected: true }),
    "truncatedNormal: no probability in [50, 60] standard deviations",
  ],
  [() => truncatedNormal({ low: 50, high: 60 }).generate([2]), "truncated normal: no probability in [50, 60]"],
  [() => varianceScaling({ scale: 0 }), "varianceScaling: scale must be a finite float32 number > 0, got 0"],
  [
    () => varianceScaling({ mode: "fan" as never }),
    'varianceScaling: mode must be one of fan_in, fan_out, fan_avg, got "fan"',
  ],
  [() => heNormal({ nonlinearity: "swish" as never }), "gain: nonlinearity must be one of linear, sigmoid"],
  [() => heNormal({ slope: Number.NaN }), "gain: slope must be a finite number, got NaN"],
  [
    () => glorotNormal().generate([5], { key: "bias" }),
    'glorotNormal: shape needs an out and an in axis, got [5] in layout O (layer "bias")',
  ],
  [() => normal().generate([2], { seed: -1, key: "w" }), "normal: seed must be an integer in [0, 2^53), got -1"],
])("%s is an error", (make, message) => {
  expect(make).toThrow(message);
});
