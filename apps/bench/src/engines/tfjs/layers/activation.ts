/** Pointwise non-linearities. */
import * as tf from "@tensorflow/tfjs-core";
import type { LayerRun } from "./layerRun.js";

export function activation(x: tf.Tensor, kind: "relu" | "tanh" | "gelu"): LayerRun {
  switch (kind) {
    case "relu": {
      const output = tf.relu(x);
      return { output, backward: (dy) => ({ inputs: [tf.mul(dy, tf.step(output))] }) };
    }
    case "tanh": {
      const output = tf.tanh(x);
      return { output, backward: (dy) => ({ inputs: [tf.mul(dy, tf.sub(1, tf.square(output)))] }) };
    }
    case "gelu":
      return gelu(x);
  }
}

/** The exact form `x Φ(x)`, `Φ(x) = (1 + erf(x / √2)) / 2`; its slope is `Φ(x) + x exp(-x² / 2) / √(2π)`. */
function gelu(x: tf.Tensor): LayerRun {
  const cumulative = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  return {
    output: tf.mul(x, cumulative),
    saved: [cumulative],
    backward(dy) {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return { inputs: [tf.mul(dy, tf.add(cumulative, tf.mul(x, density)))] };
    },
  };
}
