/** Affine maps, alone and as the projections of attention. */
import * as tf from "@tensorflow/tfjs";
import type { LayerContext } from "./layerContext.js";

/** `y = x W + b` over the last axis; W is `[in, out]`. */
export function affine(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const a = tf.reshape(x, [-1, weight.shape[0]!]) as tf.Tensor2D;
  const y = tf.fused.matMul({ a, b: weight as tf.Tensor2D, ...(bias ? { bias } : {}) });
  return tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[1]!]);
}

/** Added to the score of a padding key: its weight underflows to 0, and a row of nothing but padding stays finite. */
const MASKED = -1e9;

/** Multi-head self-attention; see `LayerSpec` for the formula. */
export function attention(x: tf.Tensor3D, heads: number, { parameter, mask }: LayerContext): tf.Tensor {
  const [batch, tokens, width] = x.shape;
  const project = (part: string, value: tf.Tensor) =>
    affine(value, parameter(`${part}.weight`), parameter(`${part}.bias`));
  /** `[B, T, D] -> [B, heads, T, D / heads]`. */
  const split = (value: tf.Tensor) =>
    tf.transpose(tf.reshape(value, [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
  const [query, key, value] = ["query", "key", "value"].map((part) => split(project(part, x))) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width / heads));
  const hidden = tf.reshape(tf.mul(tf.sub(1, mask!), MASKED), [batch, 1, 1, tokens]);
  const mixed = tf.matMul(tf.softmax(tf.add(scores, hidden)), value);
  return project("out", tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), x.shape));
}
