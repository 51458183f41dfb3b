/** The training loop. */
import { setImmediate } from "node:timers/promises";
import {
  batchesPerEpoch,
  evaluationBatches,
  type Normalization,
  normalizationOf,
  trainingBatches,
} from "../data/batches.js";
import { type Dataset, slice } from "../data/dataset.js";
import type { Learner } from "../engines/engine.js";
import type { EndRecord, RunRecord } from "../records.js";
import { evaluate, spread } from "./evaluate.js";
import { createLossLog } from "./lossLog.js";
import { cosine } from "./schedule.js";
import { type StepsTold, takeSteps } from "./takeSteps.js";

export interface TrainingTask {
  readonly run: string;
  readonly dataset: Dataset;
  readonly epochs: number;
  readonly batch: number;
  /** Peak of the cosine. */
  readonly learningRate: number;
  /** Epochs of linear warm-up, a part of `epochs`. */
  readonly warmUpEpochs: number;
  readonly augment: boolean;
  /** Decides the order of the examples and their augmentation. */
  readonly seed: number;
}

export interface TrainingHooks {
  write(record: RunRecord): void;
  onStep(done: number, loss: number): void;
  /** Aborted: the loop ends after the step that it is in. */
  readonly signal: AbortSignal;
  /** Looks at the network before the first step, after every so many, and after the last. */
  readonly observer?: Observer | undefined;
}

export interface Observer {
  /** Steps from one look to the next, at least 1. */
  readonly every: number;
  /** `step`: how many were taken. */
  look(step: number): Promise<void>;
}

/** Steps that an engine may use to compile and to settle; they are left out of the timing. */
const UNTIMED_STEPS = 3;
/** A network that still answers the same to every input after so many steps had a dead start. */
const DEAD_AFTER = 10;
const PROBE = 16;

/** How a training ended; `seconds` is left to the caller. */
export type TrainingEnd = Pick<EndRecord, "status" | "reason" | "steps" | "millisecondsPerStep" | "deadStart">;

/** Number of optimizer steps that a task takes. */
export function stepsOf({ dataset, epochs, batch }: Pick<TrainingTask, "dataset" | "epochs" | "batch">): number {
  return epochs * batchesPerEpoch(dataset.train, batch);
}

/** Trains a network and records its losses and, after each epoch, its accuracy on the test set. */
export async function train(learner: Learner, task: TrainingTask, hooks: TrainingHooks): Promise<TrainingEnd> {
  const { run, dataset, epochs, batch, learningRate, augment, seed } = task;
  const steps = stepsOf(task);
  const warmUp = Math.round(task.warmUpEpochs * batchesPerEpoch(dataset.train, batch));
  const normalization = normalizationOf(dataset.train);
  const losses = createLossLog(run, steps, hooks.write);
  const times: number[] = [];
  let done = 0;
  let deadStart: boolean | undefined;
  const end = (rest: Pick<TrainingEnd, "status" | "reason">): TrainingEnd => {
    losses.flush();
    return {
      ...rest,
      steps: done,
      ...(times.length > 0 ? { millisecondsPerStep: median(times) } : {}),
      ...(deadStart === undefined ? {} : { deadStart }),
    };
  };

  /** Takes down what steps told; the end where a loss is no number. */
  const note = (told: StepsTold | undefined): TrainingEnd | undefined => {
    if (told && done >= UNTIMED_STEPS) times.push(told.milliseconds);
    for (const loss of told?.losses ?? []) {
      losses.add(loss);
      done++;
      hooks.onStep(done, loss);
      if (!Number.isFinite(loss)) return end({ status: "diverged", reason: `the loss of step ${done} is ${loss}` });
    }
    return undefined;
  };

  const taking = takeSteps(learner);
  let taken = 0;
  const { observer } = hooks;
  await recordEpoch(0, learningRate);
  await observer?.look(0);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const examples of trainingBatches(dataset.train, { size: batch, seed, epoch, normalization, augment })) {
      // Lets a signal in: an engine may never leave the event loop a turn by itself.
      await setImmediate();
      if (hooks.signal.aborted) {
        return note(await taking.rest()) ?? end({ status: "interrupted", reason: "stopped by the user" });
      }
      let ended = note(await taking.take(examples, cosine(taken++, steps, learningRate, warmUp)));
      const observed = observer !== undefined && (taken % observer.every === 0 || taken === steps);
      if (observed || taken === DEAD_AFTER) ended ??= note(await taking.rest());
      if (ended) return ended;
      if (observed) await observer.look(taken);
      if (taken === DEAD_AFTER) deadStart = await answersTheSame(learner, dataset, normalization);
    }
    const ended = note(await taking.rest());
    if (ended) return ended;
    const testLoss = await recordEpoch(epoch, cosine(done, steps, learningRate, warmUp));
    if (!Number.isFinite(testLoss)) {
      return end({ status: "diverged", reason: `the test loss after epoch ${epoch} is ${testLoss}` });
    }
  }
  return end({ status: "finished" });

  async function recordEpoch(epoch: number, rate: number): Promise<number> {
    const { accuracy, loss: testLoss } = await evaluate(learner, dataset.test, batch, normalization);
    hooks.write({ type: "epoch", run, epoch, step: done, learningRate: rate, accuracy, testLoss });
    return testLoss;
  }
}

async function answersTheSame(learner: Learner, { test }: Dataset, normalization: Normalization): Promise<boolean> {
  for (const { inputs, size } of evaluationBatches(slice(test, 0, PROBE), PROBE, normalization)) {
    return spread(await learner.logits(inputs, size), size) === 0;
  }
  return false;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
