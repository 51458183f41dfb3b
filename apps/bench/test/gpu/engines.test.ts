import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { type Architecture, resnet, transformer } from "../../src/architectures/index.js";
import type { EngineName, LearnerOptions } from "../../src/engines/engine.js";
import { findEngine } from "../../src/engines/index.js";
import { findAdapter } from "../../src/gpu/findAdapter.js";
import { drawnWeights } from "../drawnWeights.js";

// onnxruntime-web has 27 MB of WebAssembly: V8's optimizing compiler takes much longer for it than these networks run.
setFlagsFromString("--liftoff-only");

// A software adapter will do here: it computes what a GPU computes. Needs a Vulkan loader and SwiftShader (Debian:
// libvulkan1, chromium), or a GPU.
const found = await findAdapter("any");
const why = "adapter" in found ? "" : ` (skipped: ${found.reason}; ${found.fix})`;

const image = { kind: "image", channels: 3, height: 8, width: 8 } as const;
const networks = [
  resnet({ depth: 8, classes: 4, input: image, width: 4 }),
  transformer({ classes: 3, length: 6, vocabulary: 20, layers: 1, width: 8, heads: 2 }),
];
const options: LearnerOptions = {
  optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 },
  batchSize: 4,
  threads: 1,
};
const STEPS = 4;

/** Four steps, all but the first through the queue where there is one; then everything there is to compare. */
async function train(name: EngineName, architecture: Architecture) {
  const learner = await findEngine(name).create(architecture, drawnWeights(architecture, 0), options);
  const { queue } = learner;
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const batch = exampleBatch(architecture, options.batchSize, step);
    if (!queue || step === 0) losses.push(await learner.step(batch, 0.05));
    else await queue.push(batch, 0.05);
    if (step === 2 && queue) losses.push(...(await queue.losses()));
  }
  if (queue) losses.push(...(await queue.losses()));
  const weights = await learner.weights();
  const { inputs, size } = exampleBatch(architecture, options.batchSize, 9);
  const logits = await learner.logits(inputs, size);
  await learner.dispose();
  return { losses, weights, logits };
}

/** Largest difference; float32 in another order of summation, magnified by four steps of training. */
const difference = (actual: Float32Array, expected: Float32Array) =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i]! - value)), 0);

const before = process.env.IDINIT_SOFTWARE_GPU;
beforeAll(() => {
  process.env.IDINIT_SOFTWARE_GPU = "1";
});
afterAll(() => {
  if (before === undefined) delete process.env.IDINIT_SOFTWARE_GPU;
  else process.env.IDINIT_SOFTWARE_GPU = before;
});

describe.skipIf(why !== "").each(["onnxruntime-webgpu", "onnxruntime-web-webgpu", "tfjs-webgpu"] as const)(
  `%s${why}`,
  (name) => {
    it("names its device", async () => {
      const engine = findEngine(name);
      expect(await engine.unsupported(networks[0]!, options)).toBeUndefined();
      expect((await engine.describe()).device).toMatch(/^webgpu: \w+/);
    });

    // Most of the time goes into compiling shaders for a CPU.
    it.each(networks)("trains $name as the CPU does", { timeout: 300_000 }, async (architecture) => {
      const expected = await train("onnxruntime-node", architecture);
      const actual = await train(name, architecture);
      expect(actual.losses).toHaveLength(STEPS);
      for (const [step, loss] of expected.losses.entries()) expect(actual.losses[step]).toBeCloseTo(loss, 4);
      expect([...actual.weights.keys()].sort()).toEqual([...expected.weights.keys()].sort());
      for (const [key, values] of expected.weights) {
        expect(actual.weights.get(key), key).toHaveLength(values.length);
        expect(difference(actual.weights.get(key)!, values), key).toBeLessThan(2e-5);
      }
      expect(difference(actual.logits, expected.logits)).toBeLessThan(2e-4);
    });
  },
);
