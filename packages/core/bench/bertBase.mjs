// The tensors of BERT-Base (uncased), as names, shapes and what initialWeights is to be told.
// Source: Devlin et al. 2019; 109.5 M values in 199 tensors, pooler included.

const BASE = { layers: 12, width: 768, inner: 3072, vocabulary: 30522, positions: 512 };

/** Every tensor as `[key, shape, options]`; smaller sizes make a smaller net of the same kind. */
export function bertBase(sizes = BASE) {
  const { layers, width, inner, vocabulary, positions } = sizes;
  const net = { residual: true, branches: 2 * layers, activation: "gelu" };
  const dense = (key, out, inputs, role = "hidden") => [
    [`${key}.weight`, [out, inputs], { ...net, role }],
    [`${key}.bias`, [out], { ...net, role: "bias" }],
  ];
  const norm = (key) => [
    [`${key}.weight`, [width], { ...net, role: "norm-scale" }],
    [`${key}.bias`, [width], { ...net, role: "norm-shift" }],
  ];
  return [
    ["embeddings.word", [vocabulary, width], { ...net, role: "embedding" }],
    ["embeddings.position", [positions, width], { ...net, role: "position" }],
    ["embeddings.type", [2, width], { ...net, role: "embedding" }],
    ...norm("embeddings.norm"),
    ...Array.from({ length: layers }, (_, layer) => [
      ...dense(`${layer}.query`, width, width, "query"),
      ...dense(`${layer}.key`, width, width, "key"),
      ...dense(`${layer}.value`, width, width, "value"),
      ...dense(`${layer}.output`, width, width, "attention-output"),
      ...norm(`${layer}.norm1`),
      ...dense(`${layer}.up`, inner, width),
      ...dense(`${layer}.down`, width, inner, "branch-last"),
      ...norm(`${layer}.norm2`),
    ]).flat(),
    ...dense("pooler", width, width),
  ];
}
