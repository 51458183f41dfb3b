/** Attention and rotary embeddings as operators. */
import type { Operand } from "../operator-model.js";
import { c, floats, indices, of, p } from "./case.js";

const flags = (dims: number[], ...list: number[]): Operand => ({ bools: list, dims });
const since = { opset: 23 };
const cache = (...dims: number[]) => {
  const count = dims.reduce((a, b) => a * b, 1);
  return [Math.cos, Math.sin].map((f) => floats(dims, ...Array.from({ length: count }, (_, i) => f(0.3 * i))));
};

export const attentionCases = [
  ...of(
    "Attention",
    c("heads apart", [p(2, 2, 3, 4), p(2, 2, 5, 4), p(2, 2, 5, 2)], undefined, since),
    c(
      "heads side by side, causal",
      [p(1, 3, 4), p(1, 3, 4), p(1, 3, 4)],
      { q_num_heads: 2, kv_num_heads: 2, is_causal: 1 },
      since,
    ),
    c(
      "shared heads, capped, own scale",
      [p(1, 4, 2, 2), p(1, 2, 3, 2), p(1, 2, 3, 2)],
      { scale: { type: "float", value: 0.4 }, softcap: { type: "float", value: 1.5 } },
      since,
    ),
    c(
      "chosen places",
      [p(1, 1, 2, 3), p(1, 1, 3, 3), p(1, 1, 3, 3), flags([2, 3], 1, 0, 1, 0, 1, 1)],
      undefined,
      since,
    ),
    c("a bias that is trained", [p(1, 2, 2, 2), p(1, 2, 3, 2), p(1, 2, 3, 2), p(2, 2, 3)], undefined, since),
  ),
  ...of(
    "RotaryEmbedding",
    c("halves", [p(2, 2, 3, 4), ...cache(2, 3, 2)], undefined, since),
    c("pairs, heads side by side", [p(1, 3, 8), ...cache(1, 3, 2)], { interleaved: 1, num_heads: 2 }, since),
    c(
      "by position, in part",
      [p(1, 2, 3, 6), ...cache(5, 2), indices([1, 3], 4, 0, 1)],
      { rotary_embedding_dim: 4 },
      since,
    ),
  ),
];
