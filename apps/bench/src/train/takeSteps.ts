/** Training steps whose losses are read when that costs little. */
import type { Batch, Learner } from "../engines/engine.js";

/** What is known of some steps in a row. */
export interface StepsTold {
  readonly losses: readonly number[];
  /** Of one of them: the mean, from the start of the first to the losses of all. */
  readonly milliseconds: number;
}

export interface Steps {
  /** One training step; tells of it and of those before that were not told of, or not yet. */
  take(batch: Batch, learningRate: number): Promise<StepsTold | undefined>;
  /** Waits for all steps and tells of those that were not told of. */
  rest(): Promise<StepsTold | undefined>;
}

/** Long enough that reading costs nothing, short enough that progress shows. */
const READ_EVERY = 10;

/**
 * Steps of a learner. Where it has a queue, losses are read after each tenth step: the device computes while the next batch
 * is prepared and sent. Else each step tells its loss at once.
 */
export function takeSteps(learner: Learner): Steps {
  const { queue } = learner;
  let open = 0;
  let started = 0;
  const rest = async (): Promise<StepsTold | undefined> => {
    if (!queue || open === 0) return undefined;
    const losses = await queue.losses();
    const milliseconds = (performance.now() - started) / open;
    open = 0;
    return { losses, milliseconds };
  };
  return {
    async take(batch, learningRate) {
      if (open === 0) started = performance.now();
      if (!queue) {
        const losses = [await learner.step(batch, learningRate)];
        return { losses, milliseconds: performance.now() - started };
      }
      await queue.push(batch, learningRate);
      open++;
      return open === READ_EVERY ? rest() : undefined;
    },
    rest,
  };
}
