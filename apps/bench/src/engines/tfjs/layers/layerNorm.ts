/** Layer norm over the last axis. */
import * as tf from "@tensorflow/tfjs-core";
import type { LayerContext, LayerRun } from "./layerRun.js";

/** `y = scale * n + shift`, `n = (x - mean) / s`; `dx = (g - mean(g) - n * mean(g * n)) / s` with `g = scale * dy`. */
export function layerNorm(x: tf.Tensor, epsilon: number, context: LayerContext): LayerRun {
  const scale = context.parameter("weight");
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]);
  const centred = tf.sub(rows, tf.mean(rows, 1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
  const normal = tf.mul(centred, inverse);
  return {
    output: tf.reshape(tf.add(tf.mul(normal, scale), context.parameter("bias")), x.shape),
    saved: [normal, inverse],
    backward(gradient) {
      const dy = tf.reshape(gradient, normal.shape);
      const scaled = tf.mul(dy, scale);
      const along = tf.mean(tf.mul(scaled, normal), 1, true);
      const inner = tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), tf.mul(normal, along));
      return {
        inputs: [tf.reshape(tf.mul(inner, inverse), x.shape)],
        parameters: { weight: tf.sum(tf.mul(dy, normal), 0), bias: tf.sum(dy, 0) },
      };
    },
  };
}
