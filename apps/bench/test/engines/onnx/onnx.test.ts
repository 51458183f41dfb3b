import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../../src/architectures/exampleBatch.js";
import { mlp, parameters, resnet, transformer } from "../../../src/architectures/index.js";
import type { LearnerOptions } from "../../../src/engines/engine.js";
import { findEngine } from "../../../src/engines/index.js";
import { torchPeer } from "../../../src/speed/peer/torchPeer.js";
import { findTorchPython } from "../../../src/speed/python.js";
import { drawnWeights } from "../../drawnWeights.js";

const image = { kind: "image", channels: 3, height: 8, width: 8 } as const;
const networks = [
  mlp({ features: 12, hidden: 16, layers: 3, classes: 5 }),
  resnet({ depth: 8, classes: 10, input: image, width: 4 }),
  transformer({ classes: 6, length: 7, vocabulary: 20, width: 8, heads: 2 }),
];
const sgd: LearnerOptions = { optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 }, batchSize: 8, threads: 1 };
const python = await findTorchPython();

describe.each(["onnxruntime-node", "onnxruntime-web"] as const)("%s", (name) => {
  const engine = findEngine(name);

  it.each(networks)("learns a batch by heart: $name", async (architecture) => {
    expect(await engine.unsupported(architecture, sgd)).toBeUndefined();
    const weights = drawnWeights(architecture, 0);
    const learner = await engine.create(architecture, weights, sgd);
    const batch = exampleBatch(architecture, 8, 0);
    const first = await learner.step(batch, 0.05);
    let last = first;
    for (let step = 0; step < 40; step++) last = await learner.step(batch, 0.05);
    expect(last).toBeLessThan(first / 2);
    await learner.dispose();
  });

  it("starts from the given weights and leaves them alone", async () => {
    const architecture = networks[1]!;
    const weights = drawnWeights(architecture, 0);
    const copy = new Map([...weights].map(([key, values]) => [key, values.slice()]));
    const learner = await engine.create(architecture, weights, sgd);
    const before = await learner.weights();
    expect([...before.keys()].sort()).toEqual(
      parameters(architecture)
        .map((info) => info.name)
        .sort(),
    );
    for (const [key, values] of copy) expect(before.get(key), key).toEqual(values);
    await learner.step(exampleBatch(architecture, 8, 0), 0.1);
    const after = await learner.weights();
    for (const { name: key } of parameters(architecture)) expect(after.get(key), key).not.toEqual(copy.get(key));
    for (const [key, values] of copy) expect(weights.get(key), key).toEqual(values);
    await learner.dispose();
  });

  it("folds the batch's mean and population variance into the running statistics", async () => {
    const architecture = networks[1]!;
    const learner = await engine.create(architecture, drawnWeights(architecture, 0), sgd);
    const batch = exampleBatch(architecture, 8, 0);
    await learner.step(batch, 0);
    const once = await learner.weights();
    await learner.step(batch, 0);
    const twice = await learner.weights();
    const [mean, variance] = ["stem.norm.running_mean", "stem.norm.running_var"];
    // running_n = 0.9^n start + (1 - 0.9^n) batch, from start 0 and 1
    for (let channel = 0; channel < 4; channel++) {
      expect(twice.get(mean!)![channel]! / once.get(mean!)![channel]!).toBeCloseTo(1.9, 4);
      const batchVariance = (once.get(variance!)![channel]! - 0.9) / 0.1;
      expect(twice.get(variance!)![channel]).toBeCloseTo(0.81 + 0.19 * batchVariance, 4);
    }
    await learner.dispose();
  });

  it("answers with the running statistics, for any number of examples, and after further steps", async () => {
    const architecture = networks[1]!;
    const learner = await engine.create(architecture, drawnWeights(architecture, 0), sgd);
    const batch = exampleBatch(architecture, 8, 0);
    const { inputs } = batch;
    const before = await learner.logits(inputs, 8);
    expect(before).toHaveLength(80);
    const single = await learner.logits(inputs.slice(0, inputs.length / 8), 1);
    single.forEach((value, index) => {
      expect(value).toBeCloseTo(before[index]!, 4);
    });
    await learner.step(batch, 0.1);
    expect(await learner.logits(inputs, 8)).not.toEqual(before);
    await learner.dispose();
  });

  it.each(["adam", "adamw"] as const)("trains with %s", async (kind) => {
    const architecture = networks[2]!;
    const optimizer = { kind, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
    const learner = await engine.create(architecture, drawnWeights(architecture, 0), {
      ...sgd,
      optimizer,
    });
    const batch = exampleBatch(architecture, 8, 0);
    const first = await learner.step(batch, 0.01);
    for (let step = 0; step < 20; step++) await learner.step(batch, 0.01);
    expect(await learner.step(batch, 0.01)).toBeLessThan(first / 2);
    await learner.dispose();
  });

  it("refuses batches that do not fit", async () => {
    const architecture = networks[0]!;
    const learner = await engine.create(architecture, drawnWeights(architecture, 0), sgd);
    const batch = exampleBatch(architecture, 8, 0);
    const refused = (change: Partial<typeof batch>) => expect(learner.step({ ...batch, ...change }, 0.1)).rejects;
    await refused({ size: 7 }).toThrow(/built for batches of 8, got one of 7/);
    await refused({ inputs: batch.inputs.slice(1) }).toThrow(
      /8 examples of shape \[12\] need a Float32Array of 96, .* 95/,
    );
    await refused({ inputs: new Int32Array(96) }).toThrow(/got a Int32Array of 96/);
    await refused({ labels: batch.labels.map(() => 5) }).toThrow(/labels in \[0, 5\), got the label 5/);
    await refused({ labels: batch.labels.slice(1) }).toThrow(/got 7 labels/);
    await learner.dispose();
  });

  it("says what it runs on", async () => {
    const { framework, version, device } = await engine.describe();
    expect(framework).toBe(name);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(device).toMatch(/cpu/);
  });
});

describe.skipIf(python === undefined)("onnxruntime-node against PyTorch (needs a python3 with torch)", () => {
  it.each(networks)("ten steps of $name have the same losses", async (architecture) => {
    const weights = drawnWeights(architecture, 2);
    const batches = Array.from({ length: 10 }, (_, index) => exampleBatch(architecture, 8, index));
    const learner = await findEngine("onnxruntime-node").create(architecture, weights, sgd);
    const recipe = { batch: 8, threads: 1, learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, weights, batches };
    const peer = await torchPeer(python!, architecture, recipe);
    try {
      for (const [index, batch] of batches.entries()) {
        const { loss } = await peer.train();
        expect((await learner.step(batch, 0.05)) / loss, `step ${index}`).toBeCloseTo(1, index === 0 ? 5 : 2);
      }
    } finally {
      await peer.dispose();
      await learner.dispose();
    }
  });
});
