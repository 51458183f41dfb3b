import * as ortNode from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { adam, adamw, createTrainer, type Optimizer, type Ort, sgd } from "../src/index.js";
import { fixture, relativeError } from "./support/fixtures.js";

const OPTIMIZERS: Record<string, Optimizer> = {
  sgd: sgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  nesterov: sgd({ lr: 0.05, momentum: 0.8, nesterov: true }),
  adam: adam({ lr: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.02 }),
  adamw: adamw({ lr: 0.01, weightDecay: 0.1 }),
};
const RUNS: Record<string, string[]> = {
  mlp: ["sgd", "nesterov", "adam", "adamw"],
  resnet: ["sgd", "adamw"],
  transformer: ["sgd", "adam", "adamw"],
  "transformer-13": ["adam"],
};

function expectClose(
  actual: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>,
  tolerance: number,
) {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  // A gradient that is zero but for rounding (a key's bias under softmax) is measured against the others.
  const largest = Math.max(...[...expected.values()].flatMap((values) => [...values].map(Math.abs)));
  for (const [name, values] of expected) {
    const scale = Math.max(...[...values].map(Math.abs)) / largest;
    const error = relativeError(actual.get(name)!, values) * (scale < 1e-5 ? scale : 1);
    expect(error, name).toBeLessThan(tolerance);
  }
}

async function follows(ort: Ort, model: string, kind: string) {
  const { model: bytes, steps, batch, run } = fixture(model);
  const expected = run(kind);
  const trainer = await createTrainer(bytes, { ort, loss: "softmax-cross-entropy", optimizer: OPTIMIZERS[kind]! });
  for (let step = 0; step < steps; step++) {
    const { loss, diverged } = await trainer.step(batch(step));
    expect(diverged).toBe(false);
    expect(Math.abs(loss - expected.losses[step]!) / expected.losses[step]!, `loss of step ${step}`).toBeLessThan(2e-4);
  }
  // Adam divides gradients that are mere rounding (a key's bias under softmax) by their own size.
  expectClose(await trainer.parameters(), expected.parameters, kind.startsWith("adam") ? 1e-2 : 1e-3);
  expectClose(await trainer.runningStatistics(), expected.running, 1e-3);
  await trainer.dispose();
}

describe.each(Object.entries(RUNS))("%s, as PyTorch trains it", (name, kinds) => {
  it("has its logits and gradients", async () => {
    const { model, batch, gradients, logits } = fixture(name);
    const trainer = await createTrainer(model, {
      ort: ortNode,
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0 }),
    });
    const predicted = await trainer.predict({ input: batch(0).input });
    expect(relativeError(predicted.logits!.data as Float32Array, logits)).toBeLessThan(1e-4);
    expectClose(await trainer.gradients(batch(0)), gradients, 1e-3);
    await trainer.dispose();
  });

  it.each(kinds)("follows %s for five steps", async (kind) => follows(ortNode, name, kind));
});

describe("onnxruntime-web, wasm", () => {
  it("trains the ResNet the same way", async () => {
    ortWeb.env.wasm.numThreads = 1;
    await follows(ortWeb, "resnet", "sgd");
  });
});
