import { memory, setBackend } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { tfjsWasm } from "../../../src/engines/tfjs/index.js";
import { tfjsLearner } from "../../../src/engines/tfjs/learner.js";
import { batches, expectPyTorch, fixtures, initial, options } from "./pytorch.js";

beforeAll(async () => {
  await setBackend("cpu");
});

describe.each(fixtures.map((fixture) => [fixture.architecture.name, fixture] as const))("%s", (_, fixture) => {
  it("trains as in PyTorch on the wasm backend: losses, weights, statistics, logits", async () => {
    expect(await tfjsWasm.unsupported(fixture.architecture, options(fixture))).toBeUndefined();
    const learner = await tfjsWasm.create(fixture.architecture, initial(fixture), options(fixture));
    await expectPyTorch(fixture, learner);
    await learner.dispose();
  });

  it("trains as in PyTorch on the cpu backend", async () => {
    const learner = tfjsLearner("cpu", fixture.architecture, initial(fixture), options(fixture));
    await expectPyTorch(fixture, learner);
    await learner.dispose();
  });

  it("leaves no tensor behind, neither in a step nor after dispose", async () => {
    const before = memory();
    const learner = await tfjsWasm.create(fixture.architecture, initial(fixture), options(fixture));
    const [batch] = batches(fixture);
    const counts: number[] = [];
    for (let step = 0; step < 3; step++) {
      await learner.step(batch!, 0.01);
      await learner.logits(batch!.inputs, batch!.size);
      await learner.weights();
      counts.push(memory().numTensors);
    }
    expect(counts).toEqual([counts[0], counts[0], counts[0]]);
    await learner.dispose();
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it("lowers the loss on one batch", async () => {
    const learner = await tfjsWasm.create(fixture.architecture, initial(fixture), options(fixture));
    const [batch] = batches(fixture);
    const first = await learner.step(batch!, fixture.learningRate / 2);
    for (let step = 0; step < 10; step++) await learner.step(batch!, fixture.learningRate / 2);
    expect(await learner.step(batch!, fixture.learningRate / 2)).toBeLessThan(first * 0.7);
    await learner.dispose();
  });
});

it("lets learners of two backends take turns", async () => {
  const fixture = fixtures.find(({ architecture: { name } }) => name === "residual")!;
  const learners = [
    await tfjsWasm.create(fixture.architecture, initial(fixture), options(fixture)),
    tfjsLearner("cpu", fixture.architecture, initial(fixture), options(fixture)),
  ];
  await Promise.all(learners.map((learner) => expectPyTorch(fixture, learner)));
  for (const learner of learners) await learner.dispose();
});

describe("tfjsWasm", () => {
  const [fixture] = fixtures;
  const make = (weights = initial(fixture!)) => tfjsWasm.create(fixture!.architecture, weights, options(fixture!));

  it("names a parameter that is missing or of the wrong size", async () => {
    const weights = initial(fixture!);
    weights.delete("fc2.weight");
    await expect(make(weights)).rejects.toThrow('mlp: parameter "fc2.weight" needs 40 values [5,8], got none');
    weights.set("fc2.weight", new Float32Array(39));
    await expect(make(weights)).rejects.toThrow('parameter "fc2.weight" needs 40 values [5,8], got 39');
  });

  it("refuses a batch of the wrong size, labels out of range, and work after dispose", async () => {
    const learner = await make();
    const inputs = new Float32Array(12);
    const step = (labels: number[], size = 2) => learner.step({ inputs, labels: Int32Array.from(labels), size }, 0.1);
    await expect(step([0, 1], 3)).rejects.toThrow("3 examples of shape [6] need 18 input values, got 12");
    await expect(step([0])).rejects.toThrow("needs 2 labels");
    await expect(step([0, 3])).rejects.toThrow("labels in [0, 3)");
    await learner.dispose();
    await expect(step([0, 1])).rejects.toThrow("the learner was disposed");
  });

  it("says which layer it cannot run", async () => {
    const architecture = fixtures.find(({ architecture: { name } }) => name === "convolutions")!.architecture;
    const layers = architecture.layers.map((layer) => (layer.name === "depthwise" ? { ...layer, groups: 2 } : layer));
    expect(await tfjsWasm.unsupported({ ...architecture, layers: layers as never }, options(fixture!))).toBe(
      'layer "depthwise": TensorFlow.js has no convolution in 2 groups of 4 channels',
    );
  });

  it("names framework, version and device", async () => {
    const { framework, version, device } = await tfjsWasm.describe();
    expect(framework).toBe("@tensorflow/tfjs");
    expect(version).toMatch(/^\d+\.\d+/);
    expect(device).toBe("wasm relaxed SIMD, 1 thread");
  });
});
