/** Attention, layer norm, GELU and softmax against TensorFlow.js's own operations and their gradients on the cpu backend. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { attention, gelu, layerNormalization, WasmGradientsError } from "../src/index.js";
import { expectSame, noise, type Value } from "./backends.js";

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Value and gradients of `compute`, on both backends, are those of `reference`. */
async function expectOperation(inputs: readonly Value[], compute: Compute, reference: Compute): Promise<void> {
  const all =
    (run: Compute) =>
    (...tensors: tf.Tensor[]): tf.Tensor[] =>
      tf.tidy(() => {
        // Weights that differ, so that no gradient cancels.
        const objective = (...args: tf.Tensor[]) => {
          const y = run(...args);
          const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
          return tf.sum(tf.mul(y, tf.tensor(weights, y.shape))) as tf.Scalar;
        };
        return [tf.mul(run(...tensors), 1), ...tf.grads(objective)(tensors)];
      });
  for (const backend of ["wasm", "cpu"] as const) await expectSame(inputs, all(compute), all(reference), backend);
}

describe("attention", () => {
  const heads = (x: tf.Tensor, count: number) => {
    const [batch, tokens, width] = x.shape as [number, number, number];
    return tf.transpose(tf.reshape(x, [batch, tokens, count, width / count]), [0, 2, 1, 3]);
  };

  it.each([
    [2, 4, 8, 8, 2],
    [2, 5, 12, 6, 3],
    [1, 3, 7, 4, 1],
    [2, 70, 68, 12, 1],
  ])("of %i sequences, %i queries, %i keys, width %i, %i heads", async (batch, queries, keys, width, count) => {
    const inputs = [
      [queries, 1],
      [keys, 2],
      [keys, 3],
    ].map(([tokens, seed]) => noise([batch, tokens!, width], seed!));
    // Every third key is hidden.
    const hidden = () =>
      tf.tensor(
        Array.from({ length: batch * keys }, (_, i) => (i % 3 === 1 ? -1e9 : 0)),
        [batch, keys],
      ) as tf.Tensor2D;
    await expectOperation(
      inputs,
      (q, k, v) => attention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, count, hidden()),
      (q, k, v) => {
        const scores = tf.matMul(heads(q!, count), heads(k!, count), false, true);
        const masked = tf.add(tf.mul(scores, 1 / Math.sqrt(width / count)), tf.reshape(hidden(), [batch, 1, 1, keys]));
        const mixed = tf.matMul(tf.softmax(masked), heads(v!, count));
        return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, queries, width]);
      },
    );
  });

  it("says which shapes do not fit", () => {
    const x = (...shape: number[]) => tf.zeros(shape) as tf.Tensor3D;
    const run = (k: number, count: number) => () =>
      tf.tidy(() => attention(x(2, 4, 6), x(2, k, 6), x(2, 4, 6), count, tf.zeros([2, k])));
    expect(run(5, 2)).toThrow(WasmGradientsError);
    expect(run(5, 2)).toThrow("needs keys and values of [2,5,6] and hidden of [2,5], got [2,5,6], [2,4,6] and [2,5]");
    expect(run(4, 4)).toThrow("4 heads do not divide the width 6");
  });
});

describe("layerNormalization", () => {
  it.each([[[3, 8]], [[2, 70, 4]], [[5, 6]]])("of shape %o", async (shape) => {
    const columns = shape.at(-1)!;
    await expectOperation(
      [noise(shape, 1), noise([columns], 2), noise([columns], 3)],
      (x, scale, shift) => layerNormalization(x!, scale as tf.Tensor1D, shift as tf.Tensor1D, 1e-5),
      (x, scale, shift) => {
        const { mean, variance } = tf.moments(x!, -1, true);
        return tf.add(tf.mul(tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale!), shift!);
      },
    );
  });

  it("says how many factors it needs, and that epsilon is above 0", () => {
    const run = (count: number, epsilon: number) => () =>
      tf.tidy(() => layerNormalization(tf.ones([2, 4]), tf.ones([count]), tf.ones([4]), epsilon));
    expect(run(3, 1e-5)).toThrow("x of shape [2,4] needs 4 factors and summands, got 3 and 4");
    expect(run(4, 0)).toThrow("epsilon must be above 0, got 0");
  });
});

describe("along the whole axis", () => {
  const line = { shape: [1203], values: Float32Array.from({ length: 1203 }, (_, i) => (i - 601) / 40) };
  const erf = (x: tf.Tensor) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5));

  it("gelu, of any number of values", async () => {
    for (const count of [1, 3, 4, 6, 1203]) {
      const part = { shape: [count], values: line.values.slice(-count) };
      await expectOperation(
        [part],
        (x) => gelu(x!),
        (x) => erf(x!),
      );
    }
    await expectOperation(
      [line],
      (x) => gelu(x!),
      (x) => erf(x!),
    );
  });

  it("erf, small values to their last digits", async () => {
    await expectSame([line], (x) => tf.erf(x!));
    const small = { shape: [4], values: Float32Array.of(1e-6, -1e-3, 0, 0.25) };
    await expectSame(
      [small],
      (x) => tf.tidy(() => tf.div(tf.erf(x!), tf.tensor([1e-6, 1e-3, 1, 1]))),
      () => tf.tensor([1.1283792, -1.1283788, 0, 0.2763264]),
    );
  });
});

describe("softmax", () => {
  it.each([[[5, 8]], [[3, 6]], [[2, 3, 4]]])("of shape %o has the cpu backend's second derivative", async (shape) => {
    const first = (x: tf.Tensor) => tf.grad((value) => tf.sum(tf.pow(tf.softmax(value), 3)))(x);
    await expectSame([noise(shape, 1)], (x) => tf.tidy(() => tf.grad((value) => tf.sum(tf.square(first(value))))(x!)));
  });

  it("takes any logits", async () => {
    const values = Float32Array.of(-1e9, 0, 100, 90, -200, -100, -1e4, -150, 1e30, 1, 2, 3);
    await expectSame([{ shape: [3, 4], values }], (x) => tf.softmax(x!));
  });
});
