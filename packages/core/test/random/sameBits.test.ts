import { createStream, fillNormal, fillTruncatedNormal, fillUniform } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../../src/random/draw.js";
import { plainNormal } from "../../src/random/plainNormal.js";
import { plainTruncated } from "../../src/random/plainTruncated.js";
import { plainUniform } from "../../src/random/plainUniform.js";
import { truncate } from "../../src/random/truncatedNormal.js";
import { instantiate } from "../../src/wasm/module.js";

test("this engine runs the kernels, so that the comparisons below mean something", () => {
  expect(instantiate()).toBeDefined();
});

/** Index of the first element with other bits, -1 if there is none. */
function difference(a: Float32Array, b: Float32Array): number {
  const bits = new Int32Array(b.buffer);
  return a.length === b.length ? new Int32Array(a.buffer).findIndex((word, i) => word !== bits[i]) : 0;
}
const seed = fc.integer({ min: 0, max: 2 ** 53 - 1 });
/** The start of a slice: near 0, and where block counters pass 2^32. */
const from = fc.oneof(fc.nat(10_000), fc.integer({ min: 2 ** 34 - 5000, max: 2 ** 34 + 5000 }));
const length = fc.integer({ min: 1, max: 9000 });

describe("WebAssembly and plain JavaScript give the same bits", () => {
  test("uniform", () => {
    const bound = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(seed, from, length, bound, bound, (seed, from, length, low, high) => {
        const stream = createStream(seed, "same");
        const plain = plainUniform(stream, low, (high - low) * 2 ** -24);
        expect(
          difference(
            fillUniform(stream, new Float32Array(length), { low, high, from }),
            draw(new Float32Array(length), from, plain),
          ),
        ).toBe(-1);
      }),
    );
  });

  test("normal", () => {
    const mean = fc.double({ min: -3, max: 3, noNaN: true });
    const std = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(seed, from, length, mean, std, (seed, from, length, mean, std) => {
        const stream = createStream(seed, "same");
        expect(
          difference(
            fillNormal(stream, new Float32Array(length), { mean, std, from }),
            draw(new Float32Array(length), from, plainNormal(stream, mean, std)),
          ),
        ).toBe(-1);
      }),
    );
  });

  test("truncated normal, with bounds on either side and without", () => {
    const bounds = fc.constantFrom(
      [-2, 2],
      [-0.5, 3],
      [1, 1.5],
      [Number.NEGATIVE_INFINITY, 0.25],
      [-1, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    );
    fc.assert(
      fc.property(seed, from, length, bounds, (seed, from, length, [low, high]) => {
        const stream = createStream(seed, "same");
        const options = { mean: 0.1, std: 0.7, low: low!, high: high! };
        expect(
          difference(
            fillTruncatedNormal(stream, new Float32Array(length), { ...options, from }),
            draw(new Float32Array(length), from, plainTruncated(stream, truncate(options))),
          ),
        ).toBe(-1);
      }),
    );
  });
});
