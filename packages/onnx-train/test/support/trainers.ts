/** Trainers on the fixtures' models, and the MLP's batches. */
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { createTrainer, type Feeds, sgd, type Trainer, type TrainerOptions } from "../../src/index.js";
import { fixture, modelBytes, relativeError } from "./fixtures.js";

/** A trainer with plain gradient descent on one thread, unless told otherwise. */
export const create = (model: string, more: Partial<TrainerOptions> = {}) =>
  createTrainer(modelBytes(model), {
    ort,
    loss: "softmax-cross-entropy",
    optimizer: sgd({ lr: 0.1 }),
    sessionOptions: { intraOpNumThreads: 1 },
    ...more,
  });

export const { batch, steps } = fixture("mlp");

/** Rows `from` to `to` of the MLP's batch. */
export const rows = (step: number, from: number, to: number): Feeds => ({
  input: (batch(step).input as Float32Array).slice(6 * from, 6 * to),
  target: batch(step).target.slice(from, to),
});

export async function expectEqualWeights(a: Trainer, b: Trainer, tolerance: number) {
  const [left, right] = [await a.parameters(), await b.parameters()];
  for (const [name, values] of left) expect(relativeError(values, right.get(name)!), name).toBeLessThan(tolerance);
}
