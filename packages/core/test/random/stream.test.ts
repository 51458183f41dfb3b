import { createStream, fillNormal, fillTruncatedNormal, fillUniform, IdinitError } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalCdf } from "../../src/random/normalDistribution.js";
import { correlation, kolmogorovSmirnov, moments } from "./statistics.js";

const SIZE = 40_000;
const draw = (seed: number, name: string) => fillNormal(createStream(seed, name), new Float64Array(SIZE));

describe("distributions (Kolmogorov–Smirnov)", () => {
  const stream = createStream(20, "ks");

  test("normal", () => {
    const sample = fillNormal(stream, new Float64Array(SIZE), { mean: 3, std: 0.5 });
    expect(kolmogorovSmirnov(sample, (x) => normalCdf((x - 3) / 0.5))).toBeLessThan(2.2);
    expect(kolmogorovSmirnov(sample, (x) => normalCdf((x - 3.03) / 0.5))).toBeGreaterThan(2.2);
  });

  test("uniform: bounds, and 24 bits that float32 holds exactly", () => {
    const sample = fillUniform(stream, new Float32Array(SIZE), { low: -2, high: 6 });
    expect(kolmogorovSmirnov(sample, (x) => (x + 2) / 8)).toBeLessThan(2.2);
    const unit = fillUniform(stream, new Float32Array(SIZE));
    expect(unit.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24))).toBe(true);
  });

  test.each([
    [-2, 2],
    [-0.5, 3],
    [1, 1.5],
    [6, 8],
    [-40, -9],
    [Number.NEGATIVE_INFINITY, 0],
  ])("normal truncated to [%d, %d]", (low, high) => {
    const sample = fillTruncatedNormal(stream, new Float64Array(SIZE), { low, high });
    expect(sample.every((x) => x >= low && x <= high)).toBe(true);
    // Mirrored, where the interval lies to the right: the upper tail of Φ has no precision.
    const [a, b, sign] = low > 0 ? [-high, -low, -1] : [low, high, 1];
    const cdf = (x: number) => (normalCdf(x) - normalCdf(a)) / (normalCdf(b) - normalCdf(a));
    expect(
      kolmogorovSmirnov(
        sample.map((x) => sign * x),
        cdf,
      ),
    ).toBeLessThan(2.2);
  });

  test("an interval without probability is an error", () => {
    const target = new Float32Array(4);
    expect(() => fillTruncatedNormal(stream, target, { low: 50, high: 60 })).toThrow(IdinitError);
  });
});

describe("streams", () => {
  test("any slice can be made alone", () => {
    const stream = createStream(7, "slices");
    const normals = fillNormal(stream, new Float32Array(5000));
    const uniforms = fillUniform(stream, new Float32Array(5000));
    fc.assert(
      fc.property(fc.nat(4999), fc.nat(2000), (from, length) => {
        const count = Math.min(length, 5000 - from);
        expect(fillNormal(stream, new Float32Array(count), { from })).toEqual(normals.slice(from, from + count));
        expect(fillUniform(stream, new Float32Array(count), { from })).toEqual(uniforms.slice(from, from + count));
      }),
    );
  });

  test("indices beyond 2^34 make words of their own", () => {
    const stream = createStream(7, "far");
    const near = fillUniform(stream, new Float32Array(8));
    expect(fillUniform(stream, new Float32Array(8), { from: 2 ** 34 })).not.toEqual(near);
    expect(fillUniform(stream, new Float32Array(8), { from: 2 ** 34 - 4 }).slice(4)).toEqual(
      fillUniform(stream, new Float32Array(4), { from: 2 ** 34 }),
    );
  });

  test("names and seeds that differ by little give uncorrelated streams", () => {
    const samples = [
      draw(0, "fc.weight"),
      draw(1, "fc.weight"),
      draw(2 ** 32, "fc.weight"),
      draw(2 ** 53 - 1, "fc.weight"),
      draw(0, "fc.weighu"),
      draw(0, "fc.weight\0"),
      draw(0, ""),
      draw(1, ""),
      draw(0, "layers.10.attention.out.weight"),
      draw(0, "layers.11.attention.out.weight"),
    ];
    samples.forEach((a, i) => {
      for (const b of samples.slice(0, i)) expect(Math.abs(correlation(a, b))).toBeLessThan(4.5);
      // Neighbours within one stream.
      expect(Math.abs(correlation(a.subarray(1), a.subarray(0, -1)))).toBeLessThan(4.5);
    });
  });

  test("a block of first draws over many names is itself normal", () => {
    const firsts = Float64Array.from({ length: 20_000 }, (_, i) => {
      return fillNormal(createStream(0, `layer.${i}.weight`), new Float64Array(1))[0]!;
    });
    expect(kolmogorovSmirnov(firsts, normalCdf)).toBeLessThan(2.2);
    const bySeed = firsts.map((_, seed) => fillNormal(createStream(seed, "w"), new Float64Array(1))[0]!);
    expect(kolmogorovSmirnov(bySeed, normalCdf)).toBeLessThan(2.2);
  });

  test("no two of many names share a key", () => {
    const keys = new Set(Array.from({ length: 50_000 }, (_, i) => createStream(0, `${i % 7}.${i}`).key.join()));
    expect(keys.size).toBe(50_000);
  });

  test("moments of the tails: fourth moment 3, a share of 2.7e-3 beyond 3 sigma", () => {
    const sample = fillNormal(createStream(3, "tails"), new Float32Array(500_000));
    const { mean, std } = moments(sample);
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.abs(std - 1)).toBeLessThan(0.004);
    expect(Math.abs(moments(sample.map((x) => x ** 4)).mean - 3)).toBeLessThan(0.05);
    const beyond = sample.filter((x) => Math.abs(x) > 3).length / sample.length;
    expect(Math.abs(beyond - 2 * normalCdf(-3))).toBeLessThan(5 * Math.sqrt(0.0027 / sample.length));
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, "1"])("seed %s is refused", (seed) => {
    expect(() => createStream(seed as number, "w")).toThrow(/seed must be an integer in \[0, 2\^53\), got/);
  });
});
