/** Updates in one pass against the same in TensorFlow.js's operations on the cpu backend, and against its own Adam. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { type AdamOptions, adamUpdate, sgdUpdate, WasmGradientsError } from "../src/index.js";
import { expectSame, noise, runOn } from "./backends.js";

const sizes = [1, 2, 3, 4, 5, 8, 31, 1000];
type Update = (parameter: tf.Variable, gradient: tf.Tensor, slots: tf.Variable[], step: number) => void;

/** Three updates of a parameter; returns it and its slots. */
const updated =
  (update: Update) =>
  (parameter: tf.Tensor, ...gradients: tf.Tensor[]): tf.Tensor[] => {
    const [p, ...slots] = tf.tidy(() => [1, 0, 0].map((factor) => tf.variable(tf.mul(parameter, factor)))) as [
      tf.Variable,
      ...tf.Variable[],
    ];
    for (const [index, gradient] of gradients.entries()) update(p, gradient, slots, index + 1);
    const results = [p, ...slots].map((variable) => tf.mul(variable as tf.Tensor, 1));
    tf.dispose([p, ...slots]);
    return results;
  };

const inputs = (size: number) => [1, 2, 3, 4].map((seed) => noise([size], seed));

/** By TensorFlow.js's operations: on the cpu backend the rules are composed of them, and checked below. */
async function expectComposed(update: Update): Promise<void> {
  for (const size of sizes) await expectSame(inputs(size), updated(update));
}

describe("sgdUpdate", () => {
  it.each([
    { learningRate: 0.1 },
    { learningRate: 0.1, weightDecay: 0.3 },
    { learningRate: 0.1, momentum: 0.9 },
    { learningRate: 0.1, momentum: 0.9, weightDecay: 0.3 },
  ])("with %o has the cpu backend's values", (options) =>
    expectComposed((p, g, [velocity]) => sgdUpdate(p, g, { ...options, velocity: velocity! })),
  );

  it("is the rule: two steps by hand", async () => {
    const values = [1, 0.5, -1].map((value) => ({ shape: [1], values: Float32Array.of(value) }));
    const options = { learningRate: 0.1, momentum: 0.5, weightDecay: 0.2 };
    const [p, v] = await runOn("wasm", values, updated((p, g, [velocity]) => sgdUpdate(p, g, { ...options, velocity: velocity! }))); // biome-ignore format: one run
    // v = 0.5 + 0.2 = 0.7, p = 0.93; then v = 0.35 - 1 + 0.186 = -0.464, p = 0.9764
    expect(v!.values[0]).toBeCloseTo(-0.464, 6);
    expect(p!.values[0]).toBeCloseTo(0.9764, 6);
  });

  it("leaves a tensor alone that shares the parameter's memory", async () => {
    await tf.setBackend("wasm");
    const parameter = tf.variable(tf.tensor1d([1, 2, 3, 4]));
    const before = tf.clone(parameter as tf.Tensor);
    sgdUpdate(parameter, tf.onesLike(before), { learningRate: 1 });
    expect([...(await before.data())]).toEqual([1, 2, 3, 4]);
    expect([...(await parameter.data())]).toEqual([0, 1, 2, 3]);
    tf.dispose([parameter, before]);
  });

  it("reaches what the backend has packed of a kernel", async () => {
    const convolved = (x: tf.Tensor, w: tf.Tensor) =>
      tf.tidy(() => {
        const kernel = tf.variable(w) as tf.Variable<tf.Rank.R4>;
        const run = () => tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor as tf.Tensor4D, 1, "valid");
        const before = run();
        sgdUpdate(kernel, tf.onesLike(w), { learningRate: 0.5 });
        const after = run();
        kernel.dispose();
        return [before, after];
      });
    await expectSame([noise([1, 4, 4, 3], 1), noise([1, 1, 3, 5], 2)], convolved);
  });

  it("takes a parameter of another backend", async () => {
    await tf.setBackend("cpu");
    const parameter = tf.variable(tf.tensor1d([1, 2]));
    await tf.setBackend("wasm");
    sgdUpdate(parameter, tf.tensor1d([1, 1]), { learningRate: 1 });
    expect([...(await parameter.data())]).toEqual([0, 1]);
    parameter.dispose();
  });

  it("needs a velocity for momentum, and one size", async () => {
    await tf.setBackend("wasm");
    const parameter = tf.variable(tf.zeros([2, 3]), true, "kernel");
    expect(() => sgdUpdate(parameter, tf.zeros([6]), { learningRate: 1, momentum: 0.9 })).toThrow(
      new WasmGradientsError('sgdUpdate: "kernel" of shape [2,3] needs a velocity of that shape, got none'),
    );
    expect(() => sgdUpdate(parameter, tf.zeros([5]), { learningRate: 1 })).toThrow("got one of shape [5]");
  });
});

describe("adamUpdate", () => {
  const rule =
    (options: Partial<AdamOptions>): Update =>
    (p, g, [first, second], step) =>
      adamUpdate(p, g, { learningRate: 0.1, step, first: first!, second: second!, ...options });

  it.each([{}, { weightDecay: 0.3 }, { weightDecay: 0.3, decoupled: true }, { beta1: 0.5, beta2: 0.9, epsilon: 0.1 }])(
    "with %o has the cpu backend's values",
    (options) => expectComposed(rule(options)),
  );

  it("is TensorFlow.js's own Adam without decay", async () => {
    const adam = (parameter: tf.Tensor, ...gradients: tf.Tensor[]) => {
      const variable = tf.variable(parameter, true);
      const optimizer = tf.train.adam(0.1, 0.9, 0.999, 1e-8);
      for (const gradient of gradients) optimizer.applyGradients({ [variable.name]: gradient });
      const value = tf.tidy(() => tf.mul(variable, 1));
      tf.dispose(variable);
      optimizer.dispose();
      return value;
    };
    const first =
      (run: ReturnType<typeof updated>) =>
      (parameter: tf.Tensor, ...gradients: tf.Tensor[]) => {
        const [value, ...rest] = run(parameter, ...gradients);
        tf.dispose(rest);
        return value!;
      };
    await expectSame(inputs(9), first(updated(rule({}))), adam);
  });
});
