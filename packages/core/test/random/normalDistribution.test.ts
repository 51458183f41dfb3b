import { describe, expect, test } from "vitest";
import fixture from "../../fixtures/statistics.json" with { type: "json" };
import { exp, ln } from "../../src/random/elementary.js";
import { normalCdf, normalQuantile } from "../../src/random/normalDistribution.js";
import { normalOfWords } from "../../src/random/plainNormal.js";
import { truncatedStd } from "../../src/random/truncatedNormal.js";

const cdfTable = fixture["normal cdf"] as [number, number][];

describe("elementary functions agree with the engine's", () => {
  test("ln", () => {
    for (let x = 1e-300; x < 1e300; x *= 7.3) {
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(x)) + 2e-16);
    }
  });
  test("exp", () => {
    for (let x = -700; x < 700; x += 3.7) expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 14);
  });
});

describe("the standard normal distribution", () => {
  test("distribution function against C's erfc, in both tails", () => {
    for (const [x, p] of cdfTable) expect(Math.abs(normalCdf(x) / p - 1), `x = ${x}`).toBeLessThan(1e-13);
    expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
  });

  test("quantile is its inverse", () => {
    for (const [x, p] of cdfTable.filter(([value]) => value <= 3)) {
      expect(Math.abs(normalQuantile(p) - x), `x = ${x}`).toBeLessThan(1e-13);
    }
  });

  test("the table of fillNormal keeps to it to one unit of the last place in every octave and sign, to 6.2 sigma", () => {
    const words = new Uint32Array(2);
    const values = new Float32Array(2);
    const toNormal = normalOfWords(0, 1);
    let widest = 0;
    for (let bits = 0; bits < 32; bits++) {
      for (let piece = 0; piece < 128; piece++) {
        const odd = (Math.floor(2 ** bits * (1 + piece / 128)) % 2 ** 31) | 1;
        words.set([odd, odd + 2 ** 31]);
        toNormal(words, values, 2);
        const expected = -normalQuantile(odd / 2 ** 32);
        // p in 24 bits; the roundings of the line and of the result.
        const tolerance = 2 ** -24 + 2 ** -23 * Math.abs(expected);
        expect(Math.abs(values[0]! - expected), `word ${odd}`).toBeLessThan(tolerance);
        expect(values[1]).toBe(-values[0]!);
        widest = Math.max(widest, values[0]!);
      }
    }
    expect(widest).toBeCloseTo(6.23, 2);
  });

  test("truncated standard deviation: 0.87962566 within two sigma, 1 without bounds", () => {
    expect(truncatedStd(-2, 2)).toBeCloseTo(0.8796256610342398, 13);
    expect(truncatedStd(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(1);
  });
});
