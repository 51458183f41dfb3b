/** Affine maps, alone and as the projections of attention. */
import { attention } from "@idinit/tfjs-wasm-gradients";
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
export function selfAttention(x: tf.Tensor3D, heads: number, { parameter, mask }: LayerContext): tf.Tensor {
  const project = (part: string, value: tf.Tensor) =>
    affine(value, parameter(`${part}.weight`), parameter(`${part}.bias`));
  const [query, key, value] = ["query", "key", "value"].map((part) => project(part, x)) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const hidden = tf.mul(tf.sub(1, mask!), MASKED) as tf.Tensor2D;
  return project("out", attention(query, key, value, heads, hidden));
}
