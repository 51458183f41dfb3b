/** What the ONNX adapter's `rewrite` makes of a network, beside the same network written down with those parts. */
import type { SchemeName } from "@idinit/core";
import { decodeModel, encodeModel, tensorValues } from "@idinit/onnx";
import { createTrainer, sgd } from "@idinit/onnx-train";
import { initialize } from "@idinit/onnxruntime";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { type Architecture, inputShape, parameters } from "../../src/architectures/index.js";
import { inputType, toOnnx } from "../../src/architectures/onnx/toOnnx.js";
import { smallResnet, smallTransformer, special, usual } from "./networks.js";

/** Every initializer of a model, copied. */
function stored(model: Uint8Array): Map<string, Float32Array> {
  const { initializers } = decodeModel(model).graph;
  return new Map(initializers.map((tensor) => [tensor.name, Float32Array.from(tensorValues(tensor) as Float32Array)]));
}

/** Canonical names in place of those that `rewrite` gives. */
function canonical(name: string, architecture: Architecture): string {
  const known = new Set(parameters(architecture).map((info) => info.name));
  const block = /^(stage\d\.block\d)\.conv2\.multiplier$/.exec(name)?.[1];
  const candidates = [
    name,
    name.replace(/\.input_bias$/, ".shift.bias"),
    ...(block ? [`${block}.multiplier.weight`] : []),
    name.replace(/\.attention\.out\.multiplier$/, ".multiplier1.weight"),
    name.replace(/\.fc2\.multiplier$/, ".multiplier2.weight"),
  ];
  return candidates.find((candidate) => known.has(candidate)) ?? name;
}

async function logits(model: Uint8Array, architecture: Architecture): Promise<number[]> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { inputs } = exampleBatch(architecture, 3, 1);
  const input = new ort.Tensor(inputType(architecture.input), inputs, [3, ...inputShape(architecture.input)]);
  const results = await session.run({ input });
  await session.release();
  return Array.from(results[architecture.output]!.data as Float32Array);
}

describe("rewrite", () => {
  it.each<[SchemeName, Architecture, Architecture]>([
    ["skipinit", usual.resnet, special.skipinit],
    ["rezero", usual.resnet, special.rezero],
    ["rezero", usual.transformer, smallTransformer({ multipliers: true })],
    ["t-fixup", usual.transformer, smallTransformer({ norm: "none" })],
    ["deepnet", smallTransformer({ norm: "post" }), special.deepnet],
    ["fixup", usual.resnet, smallResnet({ norm: "none", multipliers: true, biases: "scalar" })],
    ["fixup", usual.projection, special.fixup],
  ])("%s on $1.name: computes what the network with these parts does", async (scheme, plain, native) => {
    const model = initialize(toOnnx(plain, { training: false }), { scheme, seed: 1, rewrite: true });
    const weights = new Map([...stored(model)].map(([name, values]) => [canonical(name, native), values]));
    expect([...weights.keys()].sort()).toEqual(
      parameters(native)
        .map(({ name }) => name)
        .sort(),
    );
    // Every factor and bias another, so that each has its say, and a head that is not zero.
    const varied = new Map(
      [...weights].map(([name, values], i) => [
        name,
        name.startsWith("fc.") || values.length === 1 ? values.map((_, j) => Math.sin(i + j) / 2) : values,
      ]),
    );
    const rewritten = decodeModel(model);
    for (const tensor of rewritten.graph.initializers) {
      tensor.data = new Uint8Array(varied.get(canonical(tensor.name, native))!.slice().buffer);
    }
    const expected = await logits(toOnnx(native, { training: false, weights: varied }), native);
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.05);
    expect(await logits(encodeModel(rewritten), plain)).toEqual(expected.map((value) => expect.closeTo(value, 4)));
  });

  it.each<[SchemeName, Architecture]>([
    ["skipinit", usual.resnet],
    ["fixup", usual.resnet],
    ["rezero", usual.transformer],
    ["deepnet", smallTransformer({ norm: "post" })],
  ])("%s: a rewritten network trains, new parameters and all", async (scheme, architecture) => {
    const model = initialize(toOnnx(architecture), { scheme, seed: 1, rewrite: true });
    const before = stored(model);
    const added = [...before.keys()].filter((name) => !parameters(architecture).some((info) => info.name === name));
    const batch = exampleBatch(architecture, 8, 0);
    const trainer = await createTrainer(model, {
      ort,
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0.05, momentum: 0.9 }),
      batchSize: 8,
    });
    try {
      const step = async () => (await trainer.step({ input: batch.inputs, target: batch.labels })).loss;
      const first = await step();
      let last = first;
      for (let i = 0; i < 40; i++) last = await step();
      expect(last).toBeLessThan(first / 2);
      const after = await trainer.parameters();
      for (const name of added) expect(after.get(name), name).not.toEqual(before.get(name));
      expect(added.length > 0).toBe(scheme !== "deepnet");
    } finally {
      await trainer.dispose();
    }
  });
});
