import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/data/loadDataset.js";
import { glyphs } from "../../src/data/made/glyphs.js";
import { shapes } from "../../src/data/made/shapes.js";
import { statements } from "../../src/data/made/statements.js";
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

  it("statements need more than their words: a class shares its bag of words with others", () => {
    const { train } = statements({ train: 3000, test: 6, seed: 0 }, { length: 32, minimumCount: 1 });
    const seen = new Map<string, Set<number>>();
    train.labels.forEach((label, index) => {
      const words = [...train.values.slice(index * 32, (index + 1) * 32)].sort((a, b) => a - b).join();
      seen.set(words, (seen.get(words) ?? new Set()).add(label));
    });
    expect([...seen.values()].some((labels) => labels.size > 1)).toBe(true);
    // No sentence is cut.
    expect(train.values.filter((_, index) => index % 32 === 31).every((id) => id === 0)).toBe(true);
  });
});

describe("loadDataset", () => {
  it("never falls back to embedded data when a folder was given", async () => {
    await expect(loadDataset("mnist", temporaryFolder(), text)).rejects.toThrow(
      /expected mnist as train-images-idx3-ubyte.*; got none of these/,
    );
  });
});
