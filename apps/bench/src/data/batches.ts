/** From examples to batches: shuffled, augmented, normalized. */
import type { Batch } from "../engines/engine.js";
import { countOf, type Examples, type ImageExamples, sizeOf } from "./dataset.js";
import { createRandom, permutation, type Random } from "./random.js";

/** Mean and standard deviation of each channel, of bytes divided by 255. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Statistics of a training set; a channel without variation has std 1. Text needs none. */
export function normalizationOf(examples: Examples): Normalization {
  if (examples.kind === "tokens") return { mean: [], std: [] };
  const [channels, height, width] = examples.shape;
  const plane = height * width;
  const sums = Array.from({ length: channels }, () => ({ sum: 0, squares: 0 }));
  for (let at = 0; at < examples.values.length; at += plane) {
    const totals = sums[(at / plane) % channels]!;
    for (let i = at; i < at + plane; i++) {
      const value = examples.values[i]!;
      totals.sum += value;
      totals.squares += value * value;
    }
  }
  const count = countOf(examples) * plane;
  const mean = sums.map(({ sum }) => sum / count / 255);
  const std = sums.map(({ squares }, c) => Math.sqrt(Math.max(0, squares / count / 255 ** 2 - mean[c]! ** 2)) || 1);
  return { mean, std };
}

export interface BatchOptions {
  readonly size: number;
  readonly seed: number;
  readonly epoch: number;
  readonly normalization: Normalization;
  /** Random crop from a frame of 4 zero pixels (after normalization: the mean colour), and a mirror image half of the time. */
  readonly augment: boolean;
}

/** The training batches of one epoch, in an order that seed and epoch decide; an incomplete last one is left out. */
export function* trainingBatches(examples: Examples, options: BatchOptions): Generator<Batch> {
  const { size, seed, epoch, normalization } = options;
  const order = permutation(countOf(examples), createRandom(seed, `order.${epoch}`));
  const random = options.augment ? createRandom(seed, `augment.${epoch}`) : undefined;
  for (let from = 0; from + size <= order.length; from += size) {
    yield gather(examples, order.subarray(from, from + size), normalization, random);
  }
}

/** Number of batches of {@link trainingBatches}. */
export function batchesPerEpoch(examples: Examples, size: number): number {
  return Math.floor(countOf(examples) / size);
}

/** All examples in order; the last batch may be smaller. */
export function* evaluationBatches(examples: Examples, size: number, normalization: Normalization): Generator<Batch> {
  for (let from = 0; from < countOf(examples); from += size) {
    const count = Math.min(size, countOf(examples) - from);
    yield gather(
      examples,
      Uint32Array.from({ length: count }, (_, i) => from + i),
      normalization,
    );
  }
}

function gather(examples: Examples, indices: Uint32Array, normalization: Normalization, random?: Random): Batch {
  const labels = Int32Array.from(indices, (index) => examples.labels[index]!);
  const size = sizeOf(examples);
  if (examples.kind === "tokens") {
    const inputs = new Int32Array(indices.length * size);
    indices.forEach((index, row) => {
      inputs.set(examples.values.subarray(index * size, (index + 1) * size), row * size);
    });
    return { inputs, labels, size: indices.length };
  }
  const inputs = new Float32Array(indices.length * size);
  indices.forEach((index, row) => {
    const move = random
      ? { x: random.integer(9) - 4, y: random.integer(9) - 4, mirrored: random.uniform() < 0.5 }
      : { x: 0, y: 0, mirrored: false };
    copyImage(inputs.subarray(row * size, (row + 1) * size), examples, index, normalization, move);
  });
  return { inputs, labels, size: indices.length };
}

function copyImage(
  target: Float32Array,
  { shape: [channels, height, width], values }: ImageExamples,
  index: number,
  { mean, std }: Normalization,
  move: { readonly x: number; readonly y: number; readonly mirrored: boolean },
): void {
  for (let c = 0, at = 0; c < channels; c++) {
    const plane = (index * channels + c) * height * width;
    const [scale, shift] = [1 / 255 / std[c]!, mean[c]! / std[c]!];
    for (let y = 0; y < height; y++) {
      const fromY = y + move.y;
      for (let x = 0; x < width; x++, at++) {
        const fromX = (move.mirrored ? width - 1 - x : x) + move.x;
        const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
        target[at] = inside ? values[plane + fromY * width + fromX]! * scale - shift : 0;
      }
    }
  }
}
