import * as tf from "@tensorflow/tfjs";
import { describe, it } from "vitest";
import { expectSame, noise } from "./backends.js";

describe("relu", () => {
  it.each([1, 3, 4, 10])("has the cpu backend's gradient, for %i values", async (count) => {
    await expectSame([noise([count], 1), noise([count], 2)], (x, dy) => tf.grad((value) => tf.relu(value))(x!, dy!));
  });

  it("has a gradient that can be differentiated", async () => {
    const cube = (x: tf.Tensor) => tf.sum(tf.pow(tf.relu(x), 3)) as tf.Scalar;
    await expectSame([noise([10], 3)], (x) => tf.tidy(() => tf.grad((value) => tf.grad(cube)(value))(x!)));
  });
});
