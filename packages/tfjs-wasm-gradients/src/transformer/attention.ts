import { customGrad, type GradSaveFunc, type Tensor, type Tensor2D, type Tensor3D } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "../errors.js";
import { onWasm } from "../native/onWasm.js";
import { composedAttention } from "./composedAttention.js";
import { nativeAttention } from "./nativeAttention.js";

/** Attention's two directions; `hidden` is added to the scores of each key, `[batch, keys]`. */
export interface AttentionPasses {
  /** `weights` are `[batch, heads, queries, keys]`. */
  forward(
    query: Tensor3D,
    key: Tensor3D,
    value: Tensor3D,
    heads: number,
    hidden: Tensor2D,
  ): { readonly y: Tensor3D; readonly weights: Tensor };
  /** The gradients of query, key and value. */
  backward(
    dy: Tensor3D,
    query: Tensor3D,
    key: Tensor3D,
    value: Tensor3D,
    heads: number,
    weights: Tensor,
  ): [Tensor3D, Tensor3D, Tensor3D];
}

/**
 * Multi-head scaled dot-product attention, `softmax(q kᵀ / sqrt(width) + hidden) v` for each head of width `D / heads`, the
 * results side by side (Vaswani et al. 2017, section 3.2), differentiable once with respect to query, key and value.
 *
 * On the wasm backend the heads are read where they lie, without a transposition, and beside the arguments only the weights
 * are kept for the gradient; on other backends, and for a number of keys that is no multiple of 4, a composition of
 * TensorFlow.js's operations with the same values.
 *
 * @param query `[batch, queries, D]`, the heads' values side by side
 * @param key `[batch, keys, D]`
 * @param value `[batch, keys, D]`
 * @param heads divides D
 * @param hidden what is added to all scores of a key, `[batch, keys]`: 0, or -1e9 to hide it; no gradient flows through it
 * @throws WasmGradientsError when the shapes do not fit together, or heads does not divide D.
 * @example
 * const mixed = attention(q, k, v, 8, tf.mul(tf.sub(1, mask), -1e9));
 */
export function attention(query: Tensor3D, key: Tensor3D, value: Tensor3D, heads: number, hidden: Tensor2D): Tensor3D {
  check(query, key, value, heads, hidden);
  const native = key.shape[1] % 4 === 0 ? onWasm() : undefined;
  const passes = native ? nativeAttention(native) : composedAttention;
  const differentiable = customGrad((...args) => {
    const [query, key, value, save] = args as [Tensor3D, Tensor3D, Tensor3D, GradSaveFunc];
    const { y, weights } = passes.forward(query, key, value, heads, hidden);
    save([query, key, value, weights]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [query, key, value, weights] = saved as [Tensor3D, Tensor3D, Tensor3D, Tensor];
      return passes.backward(dy as Tensor3D, query, key, value, heads, weights);
    };
    return { value: y, gradFunc };
  });
  return differentiable(query, key, value) as Tensor3D;
}

function check(query: Tensor3D, key: Tensor3D, value: Tensor3D, heads: number, hidden: Tensor2D): void {
  const [batch, , width] = query.shape;
  const expected = [batch, key.shape[1], width];
  const fits = [key, value].every(({ shape }) => `${shape}` === `${expected}`);
  if (query.rank !== 3 || query.size === 0 || !fits || `${hidden.shape}` !== `${expected.slice(0, 2)}`) {
    throw new WasmGradientsError(
      `attention: query of shape [${query.shape}] needs keys and values of [${expected}] and hidden of ` +
        `[${expected.slice(0, 2)}], got [${key.shape}], [${value.shape}] and [${hidden.shape}]`,
    );
  }
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
    throw new WasmGradientsError(`attention: ${heads} heads do not divide the width ${width}`);
  }
}
