import { IdinitError, type StftOptions, stft } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { cosTurn, sinTurn } from "../../src/initializers/turn.js";
import { fixture } from "./fixture.js";

describe.each(fixture.stft)("$shape, $options", ({ shape, options, ...sides }) => {
  test.each(["real", "imag"] as const)("the %s part is numpy's", (side) => {
    const values = stft({ side, ...options }).generate(shape);
    for (const [i, value] of values.entries()) expect(Math.abs(value - sides[side][i]!), `${i}`).toBeLessThan(1e-7);
    const [bands, , taps] = shape as [number, number, number];
    const swapped = stft({ side, ...options }).generate([taps, 1, bands], { layout: "WIO" });
    for (let k = 0; k < bands; k++)
      for (let t = 0; t < taps; t++) expect(swapped[t * bands + k]).toBe(values[k * taps + t]);
  });
});

test("a window by hand", () => {
  const values = stft({ side: "real", window: [1, 2, 2], scaling: "density" }).generate([2, 1, 3]);
  for (const [i, value] of [1 / 3, 2 / 3, 2 / 3, 1 / 3, -2 / 3, 2 / 3].entries())
    expect(values[i]).toBeCloseTo(value, 6);
  expect([...stft({ side: "real" }).generate([3, 1, 1])]).toEqual([1, 1, 1]);
});

test("fractions of a turn", () => {
  for (let d = 1; d <= 60; d++) {
    for (let n = -2 * d; n <= 2 * d; n++) {
      expect(Math.abs(cosTurn(n, d) - Math.cos((2 * Math.PI * n) / d))).toBeLessThan(3e-15);
      expect(Math.abs(sinTurn(n, d) - Math.sin((2 * Math.PI * n) / d))).toBeLessThan(3e-15);
    }
  }
  expect([cosTurn(0, 3), cosTurn(2, 8) + 0, cosTurn(4, 8), sinTurn(1, 4), sinTurn(3, 4)]).toEqual([1, 0, -1, 1, -1]);
});

test.each<[StftOptions, number[], string]>([
  [{ side: "left" as "real" }, [3, 1, 4], "stft: side must be one of real, imag"],
  [{ side: "real", window: "hat" as "hann" }, [3, 1, 4], "stft: window must be one of hann, hamming, blackman, none"],
  [{ side: "real", window: [1, 2] }, [3, 1, 4], "stft: window needs one number for each of 4 taps, got 2"],
  [{ side: "real", window: [0, 0] }, [3, 1, 2], "stft: window is 0 everywhere"],
  [{ side: "real" }, [3, 2, 4], "[out, in, taps] with in = 1 and out >= 2, got [3, 2, 4]"],
  [{ side: "real" }, [1, 1, 4], "got [1, 1, 4]"],
])("%j on %j is an error", (options, shape, message) => {
  expect(() => stft(options).generate(shape)).toThrow(IdinitError);
  expect(() => stft(options).generate(shape)).toThrow(message);
});
