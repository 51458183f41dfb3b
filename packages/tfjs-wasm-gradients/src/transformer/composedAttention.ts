import {
  add,
  matMul,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import type { AttentionPasses } from "./attention.js";

/** In the operations of any backend. */
export const composedAttention: AttentionPasses = {
  forward(query, key, value, heads, hidden) {
    const [q, k, v] = [query, key, value].map((x) => split(x, heads)) as [Tensor, Tensor, Tensor];
    const scores = mul(matMul(q, k, false, true), scaleOf(query, heads));
    const weights = softmax(add(scores, reshape(hidden, [hidden.shape[0], 1, 1, hidden.shape[1]])));
    return { y: merge(matMul(weights, v), query.shape), weights };
  },
  backward(dy, query, key, value, heads, weights) {
    return tidy(() => {
      const [dOut, q, k, v] = [dy, query, key, value].map((x) => split(x, heads)) as [Tensor, Tensor, Tensor, Tensor];
      const dValue = matMul(weights, dOut, true);
      const dWeights = matMul(dOut, v, false, true);
      const centred = sub(dWeights, sum(mul(dWeights, weights), -1, true));
      const dScores = mul(mul(weights, centred), scaleOf(query, heads));
      return [
        merge(matMul(dScores, k), query.shape),
        merge(matMul(dScores, q, true), key.shape),
        merge(dValue, value.shape),
      ] as [Tensor3D, Tensor3D, Tensor3D];
    });
  },
};

function scaleOf({ shape }: Tensor3D, heads: number): number {
  return 1 / Math.sqrt(shape[2] / heads);
}

/** `[B, T, D] -> [B, heads, T, D / heads]`. */
function split(x: Tensor3D, heads: number): Tensor {
  const [batch, tokens, width] = x.shape;
  return transpose(reshape(x, [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
}

function merge(x: Tensor, shape: [number, number, number]): Tensor3D {
  return reshape(transpose(x, [0, 2, 1, 3]), shape);
}
