/** From rounds of steps to numbers. */
import { median } from "../interleave.js";
import type { ThroughputContender } from "./contender.js";

export interface RoundsOptions {
  /** Counted steps, >= 1. */
  readonly steps: number;
  /** Steps after the first that do not count, >= 0. */
  readonly warmUp: number;
  /** Steps from one reading of the loss to the next, >= 1. */
  readonly lossEvery: number;
}

export interface RoundsResult {
  /** The first step, in which shaders are compiled and the first results are checked. */
  readonly firstStepMilliseconds: number;
  /** Milliseconds of a step, the mean of each round. */
  readonly rounds: readonly number[];
  /** The median of the rounds. */
  readonly milliseconds: number;
  /** The loss after all steps; one that is not finite means that numbers went wrong. */
  readonly loss: number;
}

/** Takes the first step, the warm-up, then the counted steps in rounds of `lossEvery`. */
export async function measureRounds(
  contender: Pick<ThroughputContender, "round">,
  { steps, warmUp, lossEvery }: RoundsOptions,
): Promise<RoundsResult> {
  const first = await contender.round(1);
  if (warmUp > 0) await contender.round(warmUp);
  const rounds: number[] = [];
  let loss = first.loss;
  for (let done = 0; done < steps; ) {
    const size = Math.min(lossEvery, steps - done);
    const round = await contender.round(size);
    rounds.push(round.milliseconds / size);
    loss = round.loss;
    done += size;
  }
  return { firstStepMilliseconds: first.milliseconds, rounds, milliseconds: median(rounds), loss };
}
