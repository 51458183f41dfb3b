/** Layers of networks on token ids: `[B, T]` ids, `[B, T, D]` values. */
import * as tf from "@tensorflow/tfjs-core";
import type { LayerContext, LayerRun } from "./layerRun.js";

export function embedding(ids: tf.Tensor, context: LayerContext): LayerRun {
  const table = context.parameter("weight");
  return {
    output: tf.gather(table, ids as tf.Tensor2D),
    backward(dy) {
      const rows = tf.reshape(dy, [-1, table.shape[1]!]);
      const gradient = tf.unsortedSegmentSum(rows, tf.reshape(ids, [-1]) as tf.Tensor1D, table.shape[0]!);
      return { inputs: [undefined], parameters: { weight: gradient } };
    },
  };
}

export function position(x: tf.Tensor, context: LayerContext): LayerRun {
  return {
    output: tf.add(x, context.parameter("weight")),
    backward: (dy) => ({ inputs: [tf.clone(dy)], parameters: { weight: tf.sum(dy, 0) } }),
  };
}

/** The mean over the tokens that are not padding; 0 where all are. */
export function meanTokens(x: tf.Tensor, { mask }: LayerContext): LayerRun {
  const share = tf.expandDims(tf.div(mask!, tf.maximum(tf.sum(mask!, 1, true), 1)), 2);
  return {
    output: tf.sum(tf.mul(x, share), 1),
    saved: [share],
    backward: (dy) => ({ inputs: [tf.mul(tf.expandDims(dy, 1), share)] }),
  };
}
