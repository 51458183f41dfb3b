/** Gradients with memory freed on the way are those of TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releasing } from "../src/index.js";
import { noise } from "./backends.js";

const variable = (shape: number[], seed: number) =>
  tf.tidy(() => tf.variable(tf.tensor(noise(shape, seed).values, shape)));

const same = tf.customGrad((x) => ({ value: tf.mul(x as tf.Tensor, 1), gradFunc: (dy: tf.Tensor) => dy }));
const both = tf.customGrad((x, y) => ({
  value: tf.add(x as tf.Tensor, y as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => {
    const slope = tf.square(dy);
    return [slope, slope];
  },
}));

const losses: Record<string, (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor> = {
  "of a chain": (x, y) => tf.square(tf.tanh(tf.matMul(tf.sigmoid(x), y))),
  "of values that are used twice": (x, y) => tf.mul(tf.add(tf.exp(x), y), tf.add(tf.exp(x), tf.mul(x, y))),
  "of operations with several outputs": (x, y) => tf.mul(...(tf.split(tf.matMul(x, y), 2) as [tf.Tensor, tf.Tensor])),
  "that are handed on as they are": (x, y) => same(tf.mul(same(tf.sin(x)), same(same(y)))),
  "that belong to two values": (x, y) => both(tf.sin(x), both(tf.exp(x), tf.square(y))),
};

describe.each(["wasm", "cpu"])("releasing on %s: gradients", (backend) => {
  let variables: tf.Variable[];
  beforeEach(async () => {
    await tf.setBackend(backend);
    variables = [variable([4, 4], 1), variable([4, 4], 2)];
  });
  afterEach(() => tf.dispose(variables));

  it.each(Object.entries(losses))("%s", (_, make) => {
    const [x, y] = variables as tf.Variable[] as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>];
    const loss = () => tf.sum(make(x as tf.Tensor2D, y as tf.Tensor2D)) as tf.Scalar;
    const read = (f: () => tf.Scalar) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(f, variables);
        return [value, ...variables.map(({ name }) => grads[name]!)].map((tensor) => [...tensor.dataSync()]);
      });
    const before = tf.memory().numTensors;
    expect(read(releasing(loss))).toEqual(read(loss));
    expect(tf.memory().numTensors).toBe(before);
  });

  it("of gradients stay as they are", () => {
    const inner = releasing(() => tf.sum(tf.pow(variables[0]!, 3)) as tf.Scalar);
    const f = (): tf.Scalar => tf.sum(tf.square(tf.variableGrads(inner, [variables[0]!]).grads[variables[0]!.name]!));
    const read = (loss: () => tf.Scalar) =>
      tf.tidy(() => [...Object.values(tf.variableGrads(loss, [variables[0]!]).grads)[0]!.dataSync()]);
    expect(read(releasing(f))).toEqual(read(f));
  });

  it("of a deep network take less memory", async () => {
    const [w] = variables as [tf.Variable];
    const x = tf.ones([1000, 4]) as tf.Tensor2D;
    const loss = () => {
      let y = x;
      for (let layer = 0; layer < 20; layer++) y = tf.tidy(() => tf.tanh(tf.matMul(y, w as tf.Tensor2D)));
      return tf.sum(y) as tf.Scalar;
    };
    // Bytes of all tensors, those that share their memory counted each.
    const peak = async (f: () => tf.Scalar) => {
      const { peakBytes } = await tf.profile(() => tf.dispose(tf.variableGrads(f, [w]) as never));
      return peakBytes;
    };
    const [kept, freed] = [await peak(loss), await peak(releasing(loss))];
    expect(freed).toBeLessThan((3 / 4) * kept);
    x.dispose();
  });

  it("train with minimize", () => {
    const [w] = variables as [tf.Variable];
    const loss = () => tf.sum(tf.square(w)) as tf.Scalar;
    const optimizer = tf.train.sgd(0.1);
    const costs = [0, 1].map(() => {
      const cost = optimizer.minimize(releasing(loss), true, [w])!;
      const [value] = cost.dataSync();
      cost.dispose();
      return value!;
    });
    expect(costs[1]! / costs[0]!).toBeCloseTo(0.64);
    optimizer.dispose();
  });
});
