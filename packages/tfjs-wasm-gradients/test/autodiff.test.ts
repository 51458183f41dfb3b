import * as tf from "@tensorflow/tfjs";
import { describe, it } from "vitest";
import { expectSame, noise } from "./backends.js";

/** Mean squares of a small network with a stride, a depthwise convolution, max pooling and a dense layer. */
function objective(x: tf.Tensor, kernel: tf.Tensor, depthwise: tf.Tensor, dense: tf.Tensor): tf.Scalar {
  const convolved = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 2, "same");
  const channelwise = tf.depthwiseConv2d(tf.tanh(convolved), depthwise as tf.Tensor4D, 1, "same");
  const pooled = tf.maxPool(channelwise, 2, 2, "valid");
  return tf.mean(tf.square(tf.matMul(tf.reshape(pooled, [x.shape[0]!, -1]) as tf.Tensor2D, dense as tf.Tensor2D)));
}

describe("tf.grads", () => {
  it("differentiates a convolutional network as on the cpu backend", async () => {
    const inputs = [noise([2, 8, 8, 3], 1), noise([3, 3, 3, 4], 2), noise([3, 3, 4, 2], 3), noise([32, 5], 4)];
    await expectSame(inputs, (...tensors) => tf.grads(objective as (...args: tf.Tensor[]) => tf.Scalar)(tensors));
  });

  it("differentiates a lookup as on the cpu backend", async () => {
    const lookUp = (table: tf.Tensor) => tf.sum(tf.square(tf.gather(table, tf.tensor1d([3, 0, 3], "int32"))));
    await expectSame([noise([5, 4], 5)], (table) => tf.tidy(() => tf.grad(lookUp)(table!)));
  });
});
