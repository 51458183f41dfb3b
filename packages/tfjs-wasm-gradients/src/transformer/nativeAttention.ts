import type { Tensor3D } from "@tensorflow/tfjs-core";
import type { OnWasm } from "../native/onWasm.js";
import { multiply, type ProductSizes, productWork } from "../product.js";
import type { AttentionPasses } from "./attention.js";

/** By our own kernels on the wasm backend, head by head in place. For keys in fours. */
export function nativeAttention({ kernels, all, make, work }: OnWasm): AttentionPasses {
  return {
    forward(query, key, value, heads, hidden) {
      const { batch, queries, keys, width, scores, mixed, scale } = sizesOf(query, key, heads);
      const [y, weights] = [make<Tensor3D>(query.shape), make([batch, heads, queries, keys])];
      work(Math.max(productWork(scores), productWork(mixed)), (free) => {
        const [q, k, v, out, shares, summand] = all(query, key, value, y, weights, hidden);
        eachHead(batch, heads, (b, head) => {
          const { ofQueries, ofKeys } = headsAt(b, head, queries, keys, width, heads);
          const part = { address: shares + 4 * (b * heads + head) * queries * keys, row: keys };
          multiply(kernels, scores, part, ofQueries(q), ofKeys(k), free);
          kernels.softmax(part.address, part.address, queries, keys, scale, summand + 4 * b * keys);
          multiply(kernels, mixed, ofQueries(out), part, ofKeys(v), free);
        });
      });
      return { y, weights };
    },
    backward(dy, query, key, value, heads, weights) {
      const { batch, queries, keys, width, scores, mixed, transposed, scale } = sizesOf(query, key, heads);
      const gradients = [query, key, value].map(({ shape }) => make<Tensor3D>(shape)) as [Tensor3D, Tensor3D, Tensor3D];
      const packed = Math.max(...[scores, mixed, transposed].map(productWork));
      work(packed + 4 * queries * keys, (free) => {
        const [q, k, v, shares, gradient] = all(query, key, value, weights, dy);
        const [dq, dk, dv] = all(...gradients);
        eachHead(batch, heads, (b, head) => {
          const { ofQueries, ofKeys } = headsAt(b, head, queries, keys, width, heads);
          const part = { address: shares + 4 * (b * heads + head) * queries * keys, row: keys };
          const dPart = { address: free + packed, row: keys };
          multiply(kernels, transposed, ofKeys(dv), part, ofQueries(gradient), free);
          multiply(kernels, scores, dPart, ofQueries(gradient), ofKeys(v), free);
          kernels.softmaxGradient(dPart.address, dPart.address, part.address, queries, keys, scale);
          multiply(kernels, mixed, ofQueries(dq), dPart, ofKeys(k), free);
          multiply(kernels, transposed, ofKeys(dk), dPart, ofQueries(q), free);
        });
      });
      return gradients;
    },
  };
}

function sizesOf(query: Tensor3D, key: Tensor3D, heads: number) {
  const [batch, queries, width] = query.shape;
  const keys = key.shape[1];
  const part = width / heads;
  return {
    batch,
    queries,
    keys,
    width,
    scale: 1 / Math.sqrt(part),
    scores: { m: queries, k: part, n: keys, transposeA: false, transposeB: true } satisfies ProductSizes,
    mixed: { m: queries, k: keys, n: part, transposeA: false, transposeB: false } satisfies ProductSizes,
    transposed: { m: keys, k: queries, n: part, transposeA: true, transposeB: false } satisfies ProductSizes,
  };
}

function eachHead(batch: number, heads: number, run: (b: number, head: number) => void): void {
  for (let b = 0; b < batch; b++) for (let head = 0; head < heads; head++) run(b, head);
}

/** One head's columns within tensors `[batch, tokens, D]` at an address. */
function headsAt(b: number, head: number, queries: number, keys: number, width: number, heads: number) {
  const at = (tokens: number) => (address: number) => ({
    address: address + 4 * (b * tokens * width + head * (width / heads)),
    row: width,
  });
  return { ofQueries: at(queries), ofKeys: at(keys) };
}
