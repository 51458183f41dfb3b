/** Pooling, and flattening in channels-first order; images are `[B, H, W, C]`. */
import * as tf from "@tensorflow/tfjs-core";
import type { LayerRun } from "./layerRun.js";

export function pool(x: tf.Tensor, kind: "averagePool" | "maxPool", kernel: number, stride: number): LayerRun {
  const image = x as tf.Tensor4D;
  const attributes = { filterSize: kernel, strides: stride, pad: "valid" };
  if (kind === "averagePool") {
    return {
      output: tf.avgPool(image, kernel, stride, "valid"),
      backward: (dy) => ({
        inputs: [tf.engine().runKernel("AvgPoolGrad", { dy, input: x }, attributes) as tf.Tensor],
      }),
    };
  }
  const output = tf.maxPool(image, kernel, stride, "valid");
  return {
    output,
    backward: (dy) => ({
      inputs: [tf.engine().runKernel("MaxPoolGrad", { dy, input: x, output }, attributes) as tf.Tensor],
    }),
  };
}

/** `[B, H, W, C] -> [B, C]`. */
export function globalAveragePool(x: tf.Tensor): LayerRun {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  return {
    output: tf.mean(tf.reshape(x, [batch, pixels, channels]), 1),
    backward: (dy) => ({
      inputs: [tf.mul(tf.reshape(dy, [batch, 1, 1, channels]), tf.fill([1, height, width, 1], 1 / pixels))],
    }),
  };
}

/** `[B, ...] -> [B, product]`; images in channels-first order, as everywhere outside this engine. */
export function flatten(x: tf.Tensor): LayerRun {
  const image = x.rank === 4;
  const channelsFirst = image ? tf.transpose(x, [0, 3, 1, 2]) : x;
  const shape = channelsFirst.shape;
  return {
    output: tf.reshape(channelsFirst, [shape[0]!, -1]),
    backward(dy) {
      const gradient = tf.reshape(dy, shape);
      return { inputs: [image ? tf.transpose(gradient, [0, 2, 3, 1]) : gradient] };
    },
  };
}
