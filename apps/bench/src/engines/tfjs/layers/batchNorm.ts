/** Batch norm over `[B, H, W, C]`, with the ReLU after it where there is one. */
import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "../../../architectures/architecture.js";
import type { LayerContext, LayerRun } from "./layerRun.js";

type BatchNormLayer = Layer & { readonly op: "batchNorm" };

/**
 * `y = scale * (x - mean) / sqrt(variance + epsilon) + shift`, then ReLU if asked.
 *
 * In training the statistics are the batch's (population variance) and the running ones move by `momentum`. What is kept for
 * the backward pass is the centred input d, because `dx` is a combination of dy and d with one factor per channel:
 * `dx = scale / s * (dy - mean(dy) - d * mean(dy * d) / s²)`, s the standard deviation (Ioffe and Szegedy 2015, section 3).
 */
export function batchNorm(x: tf.Tensor, layer: BatchNormLayer, relu: boolean, context: LayerContext): LayerRun {
  const scale = context.parameter("weight");
  const shift = context.parameter("bias");
  if (!context.training) return inference(x, layer, relu, context);
  const count = x.size / x.shape[3]!;
  const mean = tf.div(tf.sum(x, [0, 1, 2]), count);
  const centred = tf.sub(x, mean);
  const variance = tf.div(tf.sum(tf.square(centred), [0, 1, 2]), count);
  const inverse = tf.rsqrt(tf.add(variance, layer.epsilon));
  moveStatistic("running_mean", mean, layer.momentum, context);
  moveStatistic("running_var", variance, layer.momentum, context);
  const factor = tf.mul(scale, inverse);
  const output = perChannel(centred, factor, shift, relu);
  return {
    output,
    saved: [centred, inverse, factor],
    backward(gradient) {
      const dy = relu ? tf.mul(gradient, tf.step(output)) : gradient;
      const total = tf.sum(dy, [0, 1, 2]);
      const along = tf.sum(tf.mul(dy, centred), [0, 1, 2]);
      const constant = tf.neg(tf.div(tf.mul(factor, total), count));
      const slope = tf.neg(tf.div(tf.mul(tf.mul(factor, tf.square(inverse)), along), count));
      const dx = tf.add(perChannel(dy, factor, constant, false), tf.mul(centred, slope));
      return { inputs: [dx], parameters: { weight: tf.mul(along, inverse), bias: total } };
    },
  };
}

function inference(x: tf.Tensor, layer: BatchNormLayer, relu: boolean, context: LayerContext): LayerRun {
  const factor = tf.mul(context.parameter("weight"), tf.rsqrt(tf.add(context.parameter("running_var"), layer.epsilon)));
  const shift = tf.sub(context.parameter("bias"), tf.mul(context.parameter("running_mean"), factor));
  return {
    output: perChannel(x, factor, shift, relu),
    backward() {
      throw new Error(`batchNorm "${layer.name}": backward runs in training mode only`);
    },
  };
}

function moveStatistic(suffix: string, batch: tf.Tensor, momentum: number, context: LayerContext): void {
  const running = context.parameter(suffix);
  context.update(suffix, tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)));
}

/** `factor * x + shift` per channel, then ReLU if asked, in one pass: a 1×1 depthwise convolution. */
function perChannel(x: tf.Tensor, factor: tf.Tensor, shift: tf.Tensor, relu: boolean): tf.Tensor {
  return tf.fused.depthwiseConv2d({
    x: x as tf.Tensor4D,
    filter: tf.reshape(factor, [1, 1, -1, 1]) as tf.Tensor4D,
    strides: 1,
    pad: 0,
    bias: shift,
    activation: relu ? "relu" : "linear",
  });
}
