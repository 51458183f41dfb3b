/** Many steps in a row. */
import { OnnxTrainError } from "../errors.js";
import type { Feeds } from "./feeds.js";
import type { StepOptions } from "./rates.js";
import type { StepResult, Trainer } from "./trainer.js";

/** The part of an AbortSignal that is looked at. */
export interface Abort {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** A step of {@link fit}, as it is reported. */
export interface FitProgress extends StepResult {
  /** Steps of this call that are done. */
  readonly step: number;
}

/** Options of {@link fit}. */
export interface FitOptions {
  /** Learning rate and so on of the step with this number, counted from 1 in this call. */
  readonly rates?: (step: number) => StepOptions;
  /** Called after each step, and awaited. */
  readonly onStep?: (progress: FitProgress) => unknown;
  /** Looked at between steps: an AbortSignal, or anything with `aborted`. */
  readonly signal?: Abort | undefined;
}

/** What became of a {@link fit}. */
export interface FitResult {
  /** Steps done. */
  readonly steps: number;
  /** Mean of the steps' losses; NaN where there was none. */
  readonly meanLoss: number;
}

/**
 * One step for each batch, until the batches end.
 *
 * @param batches Anything that can be iterated over, also asynchronously; an item may be a list, a batch in parts.
 * @throws the signal's reason when it is aborted: steps that are done stay done, and training may go on from there.
 * @throws OnnxTrainError when the loss or the gradient is no longer finite, which names the step.
 * @example
 * await fit(trainer, batches(), {
 *   rates: (step) => ({ lr: 1e-3 * Math.min(1, step / 100) }),
 *   onStep: ({ step, loss }) => console.log(step, loss),
 *   signal: AbortSignal.timeout(60_000),
 * });
 */
export async function fit(
  trainer: Trainer,
  batches: Iterable<Feeds | readonly Feeds[]> | AsyncIterable<Feeds | readonly Feeds[]>,
  { rates, onStep, signal }: FitOptions = {},
): Promise<FitResult> {
  if (!(Symbol.asyncIterator in Object(batches) || Symbol.iterator in Object(batches)))
    throw new OnnxTrainError("fit: batches must be something to iterate over, a list or a generator of batches");
  let step = 0;
  let total = 0;
  for await (const batch of batches) {
    if (signal?.aborted) throw signal.reason ?? new OnnxTrainError(`aborted after ${step} steps`);
    const result = await trainer.step(batch, rates?.(step + 1));
    step++;
    total += result.loss;
    if (result.diverged) {
      const { loss, gradientNorm, skipped } = result;
      const norm = gradientNorm === undefined ? "" : `, the gradient's norm ${gradientNorm}`;
      const rest = skipped ? "the step was skipped" : "the weights are of no more use";
      throw new OnnxTrainError(`step ${step}: the loss is ${loss}${norm}; ${rest}`);
    }
    await onStep?.({ ...result, step });
  }
  return { steps: step, meanLoss: total / step };
}
