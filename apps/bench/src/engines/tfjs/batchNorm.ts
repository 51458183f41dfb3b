/** Batch norm over `[B, H, W, C]`. */
import * as tf from "@tensorflow/tfjs";
import type { Layer } from "../../architectures/architecture.js";
import type { LayerContext } from "./layerContext.js";

type BatchNormLayer = Layer & { readonly op: "batchNorm" };

/** `y = scale * (x - mean) / sqrt(variance + epsilon) + shift`; in training the running statistics move by `momentum`. */
export function batchNorm(x: tf.Tensor4D, layer: BatchNormLayer, { training, parameter }: LayerContext): tf.Tensor {
  const [scale, shift] = [parameter("weight"), parameter("bias")] as tf.Tensor[] as [tf.Tensor1D, tf.Tensor1D];
  const [mean, variance] = [parameter("running_mean"), parameter("running_var")];
  if (!training) return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, shift, scale, layer.epsilon);
  const move = (running: tf.Variable, batch: tf.Tensor) =>
    running.assign(tf.add(tf.mul(running, 1 - layer.momentum), tf.mul(batch, layer.momentum)));
  return normalize(x, scale, shift, layer.epsilon, (batchMean, batchVariance) => {
    move(mean, batchMean);
    move(variance, batchVariance);
  });
}

/**
 * With the batch's statistics (population variance). The gradient is our own because that of `tf.moments` and
 * `tf.batchNorm` makes so many passes over the image that a ResNet's step takes twice as long. `dx` is a combination of dy
 * and the centred input d with one factor per channel: `dx = scale / s * (dy - mean(dy) - d * mean(dy * d) / s²)`, s the
 * standard deviation (Ioffe and Szegedy 2015, section 3).
 */
function normalize(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon: number,
  onStatistics: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const count = x.size / x.shape[3];
  const sums = (value: tf.Tensor) => tf.sum(value, [0, 1, 2]);
  const differentiable = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const mean = tf.div(sums(x), count);
    const centred = tf.sub(x, mean);
    const variance = tf.div(sums(tf.square(centred)), count);
    onStatistics(mean, variance);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = tf.mul(scale, inverse);
    save([centred, inverse, factor]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const [centred, inverse, factor] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const total = sums(dy);
        const along = sums(tf.mul(dy, centred));
        const constant = tf.div(tf.mul(factor, total), -count);
        const slope = tf.div(tf.mul(tf.mul(factor, tf.square(inverse)), along), -count);
        return [tf.add(perChannel(dy, factor, constant), tf.mul(centred, slope)), tf.mul(along, inverse), total];
      });
    return { value: perChannel(centred, factor, shift), gradFunc };
  });
  return differentiable(x, scale, shift);
}

/** `factor * x + shift` per channel in one pass: a 1×1 depthwise convolution. */
function perChannel(x: tf.Tensor, factor: tf.Tensor, shift: tf.Tensor): tf.Tensor4D {
  return tf.fused.depthwiseConv2d({
    x: x as tf.Tensor4D,
    filter: tf.reshape(factor, [1, 1, -1, 1]) as tf.Tensor4D,
    strides: 1,
    pad: 0,
    bias: shift,
  });
}
