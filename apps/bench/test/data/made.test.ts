import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { loadDataset } from "../../src/data/loadDataset.js";
import { glyphs } from "../../src/data/made/glyphs.js";
import { shapes } from "../../src/data/made/shapes.js";
import { statements } from "../../src/data/made/statements.js";
import { softmaxRegression } from "../train/fakeLearner.js";
import { temporaryFolder } from "./helpers.js";

const text = { length: 32, minimumCount: 1 };

describe("embedded data", () => {
  it.each([
    ["glyphs", (seed: number) => glyphs({ train: 30, test: 20, seed })],
    ["shapes", (seed: number) => shapes({ train: 30, test: 20, seed })],
    ["statements", (seed: number) => statements({ train: 30, test: 18, seed }, text)],
  ])("%s is the same for the same seed, and balanced", (_, make) => {
    expect(make(1)).toEqual(make(1));
    expect(make(1).train.values).not.toEqual(make(2).train.values);
    expect(make(1).train.values.slice(0, 600)).not.toEqual(make(1).test.values.slice(0, 600));
    const { classes, train } = make(1);
    const counts = classes.map((__, label) => train.labels.filter((one) => one === label).length);
    expect(new Set(counts).size).toBe(1);
  });

  it("statements are neither answered by counting words nor deaf to it", async () => {
    const dataset = statements({ train: 1500, test: 600, seed: 0 }, text);
    const features = dataset.vocabulary!;
    const counts = ({ train }: Pick<Dataset, "train">) => {
      const bags = new Float32Array(train.labels.length * features);
      train.values.forEach((id, index) => {
        if (id > 0) bags[Math.floor(index / text.length) * features + id]! += 1;
      });
      return bags;
    };
    const accuracy = await linearAccuracy(
      features,
      6,
      [counts(dataset), dataset.train.labels],
      [counts({ train: dataset.test }), dataset.test.labels],
    );
    expect(accuracy).toBeGreaterThan(0.5);
    expect(accuracy).toBeLessThan(0.85);
    // No sentence is cut.
    expect(dataset.train.values.filter((_, index) => index % 32 === 31).every((id) => id === 0)).toBe(true);
  });

  it("shapes are neither answered by a linear model nor hidden from it", async () => {
    const { train, test } = shapes({ train: 1200, test: 300 });
    const pixels = ({ values }: typeof train) => Float32Array.from(values, (value) => value / 128 - 0.7);
    const accuracy = await linearAccuracy(768, 10, [pixels(train), train.labels], [pixels(test), test.labels]);
    expect(accuracy).toBeGreaterThan(0.3);
    expect(accuracy).toBeLessThan(0.7);
  });
});

/** Test accuracy of softmax regression. */
async function linearAccuracy(
  features: number,
  classes: number,
  [inputs, labels]: readonly [Float32Array, Uint8Array],
  [testInputs, testLabels]: readonly [Float32Array, Uint8Array],
): Promise<number> {
  const learner = softmaxRegression(features, classes);
  const size = 60;
  const steps = features === 768 ? 100 : 400;
  for (let step = 0; step < steps; step++) {
    const from = (step * size) % labels.length;
    await learner.step(
      {
        inputs: inputs.subarray(from * features, (from + size) * features),
        labels: Int32Array.from(labels.subarray(from, from + size)),
        size,
      },
      features === 768 ? 0.02 : 0.5,
    );
  }
  const logits = await learner.logits(testInputs, testLabels.length);
  const right = testLabels.filter((label, row) => {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / testLabels.length;
}

describe("loadDataset", () => {
  it("never falls back to embedded data when a folder was given", async () => {
    await expect(loadDataset("mnist", temporaryFolder(), text)).rejects.toThrow(
      /expected mnist as train-images-idx3-ubyte.*; got none of these/,
    );
  });
});
