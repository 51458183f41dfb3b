/** How good a network is on a test set. */
import { evaluationBatches, type Normalization } from "../data/batches.js";
import { countOf, type Examples } from "../data/dataset.js";
import type { Learner } from "../engines/engine.js";

export interface Evaluation {
  /** Share of examples whose largest logit is the right one; the first of equal logits counts. */
  readonly accuracy: number;
  /** Mean softmax cross-entropy in nats. */
  readonly loss: number;
}

/** Runs the whole set through the network in evaluation mode. */
export async function evaluate(
  learner: Learner,
  examples: Examples,
  batch: number,
  normalization: Normalization,
): Promise<Evaluation> {
  let right = 0;
  let loss = 0;
  for (const { inputs, labels, size } of evaluationBatches(examples, batch, normalization)) {
    const logits = await learner.logits(inputs, size);
    const classes = logits.length / size;
    for (let row = 0; row < size; row++) {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      const label = labels[row]!;
      const largest = scores.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
      if (scores.indexOf(largest) === label) right++;
      loss += largest + Math.log(scores.reduce((sum, value) => sum + Math.exp(value - largest), 0)) - scores[label]!;
    }
  }
  return { accuracy: right / countOf(examples), loss: loss / countOf(examples) };
}

/**
 * The largest difference that the examples make to any logit: 0 means that the network answers the same to every input.
 *
 * @param logits `[size, classes]`.
 */
export function spread(logits: Float32Array, size: number): number {
  const classes = logits.length / size;
  let widest = 0;
  for (let c = 0; c < classes; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < size; row++) {
      low = Math.min(low, logits[row * classes + c]!);
      high = Math.max(high, logits[row * classes + c]!);
    }
    widest = Math.max(widest, high - low);
  }
  return widest;
}
