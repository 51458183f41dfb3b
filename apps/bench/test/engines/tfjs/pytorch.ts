/** What PyTorch made of small networks, and the comparison with a learner. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Architecture } from "../../../src/architectures/index.js";
import type { Batch, Learner, LearnerOptions, OptimizerSpec } from "../../../src/engines/engine.js";

interface Fixture {
  readonly architecture: Architecture;
  readonly optimizer: OptimizerSpec;
  readonly learningRate: number;
  readonly initial: Record<string, number[]>;
  readonly batches: readonly { readonly inputs: number[]; readonly labels: number[] }[];
  readonly losses: number[];
  readonly final: Record<string, number[]>;
  readonly logits: number[];
}

// Three training steps of PyTorch 1.13, made by fixtures/make.py.
export const fixtures = JSON.parse(
  readFileSync(new URL("fixtures/networks.json", import.meta.url), "utf8"),
) as Fixture[];

export function batches({ architecture, batches }: Fixture): Batch[] {
  const values = architecture.input.kind === "tokens" ? Int32Array : Float32Array;
  return batches.map(({ inputs, labels }) => ({
    inputs: values.from(inputs),
    labels: Int32Array.from(labels),
    size: labels.length,
  }));
}

export const initial = (fixture: Fixture) =>
  new Map(Object.entries(fixture.initial).map(([name, values]) => [name, Float32Array.from(values)]));

export const options = ({ optimizer }: Fixture): LearnerOptions => ({ optimizer, batchSize: 4, threads: 1 });

const largestDifference = (actual: ArrayLike<number>, expected: readonly number[]) =>
  expected.reduce((most, value, index) => Math.max(most, Math.abs(actual[index]! - value)), 0);

/** Trains on the fixture's batches and compares losses, parameters, statistics and logits. */
export async function expectPyTorch(fixture: Fixture, learner: Learner): Promise<void> {
  const all = batches(fixture);
  for (const [index, batch] of all.entries()) {
    expect(await learner.step(batch, fixture.learningRate)).toBeCloseTo(fixture.losses[index]!, 4);
  }
  const final = await learner.weights();
  expect([...final.keys()].sort()).toEqual(Object.keys(fixture.final).sort());
  for (const [name, expected] of Object.entries(fixture.final)) {
    // The softmax does not see a key's bias: its gradient is rounding noise, which Adam scales up to whole steps.
    if (name.endsWith(".key.bias")) continue;
    expect(final.get(name)).toHaveLength(expected.length);
    expect(largestDifference(final.get(name)!, expected), name).toBeLessThan(1e-4);
  }
  const last = all.at(-1)!;
  expect(largestDifference(await learner.logits(last.inputs, last.size), fixture.logits)).toBeLessThan(1e-3);
}
