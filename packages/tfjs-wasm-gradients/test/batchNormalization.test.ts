import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchNormalization, WasmGradientsError } from "../src/index.js";
import { noise, runOn, type Value } from "./backends.js";

const epsilon = 1e-3;
type Normalize = (x: tf.Tensor, scale: tf.Tensor1D, shift: tf.Tensor1D) => tf.Tensor;

/** TensorFlow.js's own operations, which it differentiates itself. */
const reference: Normalize = (x, scale, shift) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, shift, scale, epsilon);
};

/** The output, and the gradients of its product with a given tensor. */
function differentiate(normalize: Normalize, [x, scale, shift, dy]: tf.Tensor[]): tf.Tensor[] {
  const parts = [x!, scale!, shift!] as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  const along = (...inputs: tf.Tensor[]) => tf.sum(tf.mul(normalize(...(inputs as typeof parts)), dy!)) as tf.Scalar;
  return tf.tidy(() => [normalize(...parts), ...tf.grads(along)(parts)]);
}

function expectClose(actual: Value, expected: Value, tolerance: number) {
  expect(actual.shape).toEqual(expected.shape);
  const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const differences = expected.values.map((value, at) => Math.abs(actual.values[at]! - value));
  expect(differences.reduce((most, value) => Math.max(most, value), 0) / scale).toBeLessThan(tolerance);
}

describe("batchNormalization", () => {
  it.each([
    ["of our kernels", fc.constantFrom(4, 8, 12)],
    ["composed", fc.constantFrom(1, 2, 3, 5)],
  ])("has the values and gradients of tf.moments and tf.batchNorm: %s", async (_, channels) => {
    await fc.assert(
      fc.asyncProperty(channels, fc.integer({ min: 2, max: 9 }), fc.nat({ max: 1000 }), async (c, side, seed) => {
        const shape = [3, side, side + 1, c];
        const inputs = [noise(shape, seed), noise([c], seed + 1), noise([c], seed + 2), noise(shape, seed + 3)];
        const expected = await runOn("cpu", inputs, (...tensors) => differentiate(reference, tensors));
        const ours: Normalize = (x, scale, shift) => tf.tidy(() => batchNormalization(x, scale, shift, epsilon).y);
        const actual = await runOn("wasm", inputs, (...tensors) => differentiate(ours, tensors));
        actual.forEach((value, index) => {
          expectClose(value, expected[index]!, 1e-5);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("finds the statistics of many rows far from zero", async () => {
    const channels = 4;
    const { shape, values } = noise([20, 50, 50, channels], 7);
    const far = values.map((value, at) => 300 * (at % channels) + value);
    const [mean, variance] = await runOn("wasm", [{ shape, values: far }], (x) => {
      const ones = tf.ones([channels]) as tf.Tensor1D;
      const { y, ...statistics } = batchNormalization(x!, ones, ones, epsilon);
      tf.dispose([y, ones]);
      return [statistics.mean, statistics.variance];
    });
    for (let c = 0; c < channels; c++) {
      const column = Array.from(far).filter((_value, at) => at % channels === c);
      const exact = column.reduce((sum, value) => sum + value, 0) / column.length;
      const spread = column.reduce((sum, value) => sum + (value - exact) ** 2, 0) / column.length;
      expect(Math.abs(mean!.values[c]! / exact - 1)).toBeLessThan(1e-6);
      expect(Math.abs(variance!.values[c]! / spread - 1)).toBeLessThan(1e-6);
    }
  });

  it("says which sizes do not fit", async () => {
    await tf.setBackend("wasm");
    const [x, three, four] = [tf.ones([2, 2, 2, 4]), tf.ones([3]) as tf.Tensor1D, tf.ones([4]) as tf.Tensor1D];
    expect(() => batchNormalization(x, three, four, epsilon)).toThrow(WasmGradientsError);
    expect(() => batchNormalization(x, three, four, epsilon)).toThrow(
      "x of shape [2,2,2,4] needs 4 factors and summands, got 3 and 4",
    );
    expect(() => batchNormalization(x, four, four, 0)).toThrow("epsilon must be above 0, got 0");
    tf.dispose([x, three, four]);
  });
});
