/** Batch norm over `[B, H, W, C]`. */
import { batchNormalization } from "@idinit/tfjs-wasm-gradients";
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
  const { y, mean: batchMean, variance: batchVariance } = batchNormalization(x, scale, shift, layer.epsilon);
  move(mean, batchMean);
  move(variance, batchVariance);
  return y;
}
