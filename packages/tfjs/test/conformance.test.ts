import { conformance } from "@idinit/conformance";
import { type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { tfjsAdapter } from "../src/index.js";
import { read, write } from "../src/weights.js";
import { mlp, recurrentNet, residualMlp, resnet, transformer } from "./models.js";

/** The same values at every call: tfjs draws them anew. */
const fixed = (make: () => LayersModel) => () => {
  const model = make();
  return write(
    model,
    new Map(
      [...read(model)].map(([name, values], n) => [name, values.map((_, i) => 0.25 + ((n * 31 + i * 17) % 23) / 46)]),
    ),
  );
};

const forward = (shape: readonly number[], value: (i: number) => number) => (model: LayersModel) =>
  tidy(() => {
    const size = shape.reduce((a, b) => a * b, 1);
    const x = tensor(
      Float32Array.from({ length: size }, (_, i) => value(i)),
      [...shape],
    );
    return (model.predict(x) as Tensor).dataSync().slice();
  });
const wave = (i: number) => Math.sin(i * 1.7) + 0.3;

const dense = (
  name: string,
  role: "first" | "hidden" | "head" | "branch-last" | "query" | "key" | "value" | "attention-output",
) => ({ [`${name}/kernel`]: role, [`${name}/bias`]: "bias" }) as const;
const norm = (name: string) => ({ [`${name}/gamma`]: "norm-scale", [`${name}/beta`]: "norm-shift" }) as const;
const batchNorm = (name: string) =>
  ({ ...norm(name), [`${name}/moving_mean`]: "norm-mean", [`${name}/moving_variance`]: "norm-variance" }) as const;
const recurrent = (name: string) =>
  ({
    [`${name}/kernel`]: "recurrent-input",
    [`${name}/recurrent_kernel`]: "recurrent-hidden",
    [`${name}/bias`]: "bias",
  }) as const;

conformance(tfjsAdapter(), [
  {
    name: "MLP",
    model: fixed(mlp),
    roles: { ...dense("fc1", "first"), ...dense("fc2", "hidden"), ...dense("fc3", "head") },
  },
  {
    name: "residual MLP",
    model: fixed(residualMlp),
    roles: {
      ...dense("stem", "first"),
      ...norm("a_norm"),
      ...dense("a_up", "hidden"),
      ...dense("a_down", "branch-last"),
      ...norm("b_norm"),
      ...dense("b_up", "hidden"),
      ...dense("b_down", "branch-last"),
      ...dense("head", "head"),
    },
    forward: forward([2, 4], wave),
  },
  {
    name: "ResNet",
    model: fixed(resnet),
    roles: {
      "stem/kernel": "first",
      ...batchNorm("stem_bn"),
      "a_conv1/kernel": "hidden",
      ...batchNorm("a_bn1"),
      "a_conv2/kernel": "branch-last",
      ...batchNorm("a_bn2"),
      "b_conv1/kernel": "hidden",
      ...batchNorm("b_bn1"),
      "b_conv2/kernel": "branch-last",
      ...batchNorm("b_bn2"),
      "b_shortcut/kernel": "shortcut",
      ...batchNorm("b_bn"),
      ...dense("head", "head"),
    },
    forward: forward([1, 8, 8, 3], wave),
  },
  {
    name: "Transformer",
    model: fixed(transformer),
    roles: {
      "table/embeddings": "embedding",
      ...norm("norm1"),
      ...dense("q", "query"),
      ...dense("k", "key"),
      ...dense("v", "value"),
      ...dense("out", "attention-output"),
      ...norm("norm2"),
      ...dense("up", "hidden"),
      ...dense("down", "branch-last"),
      ...dense("head", "head"),
    },
    forward: forward([2, 5], (i) => (i * 7) % 20),
  },
  {
    name: "recurrent net",
    model: fixed(recurrentNet),
    roles: {
      "table/embeddings": "embedding",
      ...recurrent("both/forward"),
      ...recurrent("both/backward"),
      ...recurrent("gru"),
      ...dense("head", "head"),
    },
  },
]);
