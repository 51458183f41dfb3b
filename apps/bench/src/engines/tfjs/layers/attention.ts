/** Multi-head self-attention; see `LayerSpec` for the formula. */
import * as tf from "@tensorflow/tfjs-core";
import { affine, affineGradients } from "./dense.js";
import type { LayerContext, LayerRun } from "./layerRun.js";

/** Added to the score of a padding key: its weight underflows to 0, and a row of nothing but padding stays finite. */
const MASKED = -1e9;

export function attention(x: tf.Tensor, heads: number, context: LayerContext): LayerRun {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const perHead = width / heads;
  const scale = 1 / Math.sqrt(perHead);
  const split = (value: tf.Tensor): tf.Tensor3D =>
    tf.reshape(tf.transpose(tf.reshape(value, [batch, tokens, heads, perHead]), [0, 2, 1, 3]), [-1, tokens, perHead]);
  const join = (value: tf.Tensor): tf.Tensor =>
    tf.reshape(tf.transpose(tf.reshape(value, [batch, heads, tokens, perHead]), [0, 2, 1, 3]), x.shape);
  const project = (part: string, value: tf.Tensor) =>
    affine(value, context.parameter(`${part}.weight`), context.parameter(`${part}.bias`));

  const [query, key, value] = [split(project("query", x)), split(project("key", x)), split(project("value", x))];
  const scores = tf.reshape(tf.mul(tf.matMul(query, key, false, true), scale), [batch, heads, tokens, tokens]);
  const hidden = tf.reshape(tf.mul(tf.sub(1, context.mask!), MASKED), [batch, 1, 1, tokens]);
  const weights = tf.reshape(tf.softmax(tf.add(scores, hidden)), [-1, tokens, tokens]) as tf.Tensor3D;
  const mixed = join(tf.matMul(weights, value));

  return {
    output: project("out", mixed),
    saved: [query, key, value, weights, mixed],
    backward(dy, [wanted]) {
      const out = affineGradients(mixed, context.parameter("out.weight"), dy);
      const dMixed = split(out.input());
      const dWeights = tf.matMul(dMixed, value, false, true);
      const product = tf.mul(dWeights, weights);
      const dScores = tf.mul(tf.sub(product, tf.mul(weights, tf.sum(product, -1, true))), scale) as tf.Tensor3D;
      const parts = {
        query: join(tf.matMul(dScores, key)),
        key: join(tf.matMul(dScores, query, true, false)),
        value: join(tf.matMul(weights, dMixed, true, false)),
      };
      const parameters: Record<string, tf.Tensor> = { "out.weight": out.weight, "out.bias": out.bias() };
      const inputs: tf.Tensor[] = [];
      for (const [part, gradient] of Object.entries(parts)) {
        const gradients = affineGradients(x, context.parameter(`${part}.weight`), gradient);
        parameters[`${part}.weight`] = gradients.weight;
        parameters[`${part}.bias`] = gradients.bias();
        if (wanted) inputs.push(gradients.input());
      }
      return { inputs: [wanted ? tf.addN(inputs) : undefined], parameters };
    },
  };
}
