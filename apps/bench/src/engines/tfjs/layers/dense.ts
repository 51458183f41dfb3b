/** The affine map over the last axis, alone and inside attention. */
import * as tf from "@tensorflow/tfjs-core";
import type { LayerContext, LayerRun } from "./layerRun.js";

/** `y = x W + b` over the last axis; W is `[in, out]`. */
export function affine(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(x, [-1, weight.shape[0]!]) as tf.Tensor2D;
  const b = weight as tf.Tensor2D;
  const y = bias ? tf.fused.matMul({ a: rows, b, bias }) : tf.matMul(rows, b);
  return tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[1]!]);
}

/** Gradients of {@link affine}. */
export function affineGradients(x: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor) {
  const [inputs, outputs] = weight.shape as [number, number];
  const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const dy = tf.reshape(gradient, [-1, outputs]) as tf.Tensor2D;
  return {
    input: () => tf.reshape(tf.matMul(dy, weight as tf.Tensor2D, false, true), x.shape),
    weight: tf.matMul(rows, dy, true, false) as tf.Tensor,
    bias: () => tf.sum(dy, 0),
  };
}

export function dense(x: tf.Tensor, bias: boolean, context: LayerContext): LayerRun {
  const weight = context.parameter("weight");
  return {
    output: affine(x, weight, bias ? context.parameter("bias") : undefined),
    backward(gradient, [wanted]) {
      const gradients = affineGradients(x, weight, gradient);
      return {
        inputs: [wanted ? gradients.input() : undefined],
        parameters: { weight: gradients.weight, ...(bias ? { bias: gradients.bias() } : {}) },
      };
    },
  };
}
