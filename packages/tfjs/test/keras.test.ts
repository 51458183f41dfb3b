/** Models that Keras wrote and tensorflowjs_converter converted; fixtures/keras.py spells them out. */
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { io, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import { initialize, inspect, tfjsAdapter } from "../src/index.js";

const { read } = tfjsAdapter();
const file = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

interface Converted {
  readonly modelTopology: object;
  readonly weightsManifest: readonly [
    { readonly paths: readonly [string]; readonly weights: io.WeightsManifestEntry[] },
  ];
}

/** The model and the values that its file holds, in the file's order. */
async function load(name: string) {
  const json = JSON.parse(file(`${name}.json`).toString()) as Converted;
  const [{ paths, weights: weightSpecs }] = json.weightsManifest;
  const weightData = Uint8Array.from(file(paths[0])).buffer;
  const model = await loadLayersModel(io.fromMemory({ modelTopology: json.modelTopology, weightSpecs, weightData }));
  return { model, stored: new Float32Array(weightData) };
}

const rolesOf = (model: Parameters<typeof inspect>[0]) =>
  Object.fromEntries(inspect(model).map(({ parameter, role }) => [parameter, role]));

test("a functional model with a nested Sequential: values, names and roles", async () => {
  const { model, stored } = await load("keras-resnet");
  const weights = read(model);
  expect([...weights.values()].flatMap((values) => [...values])).toEqual([...stored]);
  const norm = (name: string) => ({
    [`${name}/gamma`]: "norm-scale",
    [`${name}/beta`]: "norm-shift",
    [`${name}/moving_mean`]: "norm-mean",
    [`${name}/moving_variance`]: "norm-variance",
  });
  expect(rolesOf(model)).toEqual({
    "stem/kernel": "first",
    ...norm("stem_bn"),
    "conv1/kernel": "hidden",
    ...norm("bn1"),
    "conv2/kernel": "branch-last",
    "classifier/fc/kernel": "hidden",
    "classifier/fc/bias": "bias",
    "classifier/logits/kernel": "head",
    "classifier/logits/bias": "bias",
  });
  initialize(model, { scheme: "idinit", seed: 0 });
  expect(Math.max(...read(model).get("conv2/kernel")!.map(Math.abs))).toBeLessThan(1e-5);
  const y = tidy(() =>
    (model.predict(tensor(new Float32Array(192).fill(0.5), [1, 8, 8, 3])) as Tensor).dataSync<"float32">(),
  );
  expect(y.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test("a Sequential with a bidirectional LSTM and a layer at every step", async () => {
  const { model, stored } = await load("keras-tagger");
  expect([...read(model).values()].flatMap((values) => [...values])).toEqual([...stored]);
  const lstm = (side: string) => ({
    [`both/${side}/kernel`]: "recurrent-input",
    [`both/${side}/recurrent_kernel`]: "recurrent-hidden",
    [`both/${side}/bias`]: "bias",
  });
  expect(rolesOf(model)).toEqual({
    "embedding/embeddings": "embedding",
    ...lstm("forward"),
    ...lstm("backward"),
    "each/kernel": "head",
    "each/bias": "bias",
  });
  initialize(model, { scheme: "keras", seed: 0 });
  for (const [name, values] of read(model)) expect(values.every(Number.isFinite), name).toBe(true);
});
