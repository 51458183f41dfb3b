import { describe, expect, it } from "vitest";
import { evaluationBatches, normalizationOf, trainingBatches } from "../../src/data/batches.js";
import type { ImageExamples } from "../../src/data/dataset.js";

/** Images whose pixels tell the example, the channel and the place. */
const count = 10;
const examples: ImageExamples = {
  kind: "image",
  shape: [2, 3, 4],
  values: Uint8Array.from({ length: count * 24 }, (_, index) => (index * 7) % 251),
  labels: Uint8Array.from({ length: count }, (_, index) => index),
};
const normalization = normalizationOf(examples);
const options = { size: 4, seed: 3, epoch: 1, normalization, augment: false };

describe("trainingBatches", () => {
  it("shuffles by seed and epoch, and leaves an incomplete batch out", () => {
    const labels = (seed: number, epoch: number) =>
      [...trainingBatches(examples, { ...options, seed, epoch })].map((batch) => [...batch.labels]);
    expect(labels(3, 1)).toEqual(labels(3, 1));
    expect(labels(3, 1)).not.toEqual(labels(3, 2));
    expect(labels(3, 1)).not.toEqual(labels(4, 1));
    expect(labels(3, 1).map((batch) => batch.length)).toEqual([4, 4]);
    expect(new Set(labels(3, 1).flat()).size).toBe(8);
  });

  it("normalizes each channel to mean 0 and deviation 1", () => {
    const values = [...evaluationBatches(examples, 4, normalization)].flatMap(({ inputs }) => [...inputs]);
    for (const channel of [0, 1]) {
      const own = values.filter((_, index) => Math.floor(index / 12) % 2 === channel);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length).toBeCloseTo(1, 5);
    }
  });

  it("crops and mirrors all channels alike", () => {
    const plain = [...evaluationBatches(examples, count, normalization)][0]!;
    const batches = [...trainingBatches(examples, { ...options, augment: true })];
    let moved = 0;
    for (const { inputs, labels } of batches) {
      labels.forEach((label, row) => {
        const found = (inputs as Float32Array).subarray(row * 24, (row + 1) * 24);
        const original = (plain.inputs as Float32Array).subarray(label * 24, (label + 1) * 24);
        const matches = shifts().filter((shift) => transformed(original, shift).every((v, i) => v === found[i]));
        expect(matches.length).toBeGreaterThan(0);
        if (!matches.some(({ x, y, mirrored }) => x === 0 && y === 0 && !mirrored)) moved++;
      });
    }
    expect(moved).toBeGreaterThan(4);
  });
});

interface Shift {
  readonly x: number;
  readonly y: number;
  readonly mirrored: boolean;
}

function shifts(): Shift[] {
  const steps = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  return steps.flatMap((x) => steps.flatMap((y) => [true, false].map((mirrored) => ({ x, y, mirrored }))));
}

/** Crop from a frame of zeros, then mirror: written another way round than the code under test. */
function transformed(image: Float32Array, { x, y, mirrored }: Shift): number[] {
  return [0, 1].flatMap((channel) =>
    [0, 1, 2].flatMap((row) => {
      const line = [0, 1, 2, 3].map((column) => {
        const [fromRow, fromColumn] = [row + y, column + x];
        const inside = fromRow >= 0 && fromRow < 3 && fromColumn >= 0 && fromColumn < 4;
        return inside ? image[channel * 12 + fromRow * 4 + fromColumn]! : 0;
      });
      return mirrored ? line.reverse() : line;
    }),
  );
}
