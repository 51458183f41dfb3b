/** Follows numbers of the weights while a network trains. */
import type { Learner } from "../engines/engine.js";
import type { RunRecord } from "../records.js";
import type { Watch, WatchedState } from "../scenarios/scenario.js";
import type { Observer } from "./train.js";

/** Looks of one training, the first apart. */
const LOOKS = 24;

export interface WatchOptions extends Omit<WatchedState, "weights"> {
  readonly run: string;
  readonly steps: number;
  readonly write: (record: RunRecord) => void;
}

/** An observer that records what the watch makes of the learner's weights, about 24 times. */
export function watchWeights(watch: Watch, learner: Learner, options: WatchOptions): Observer {
  const { run, steps, write, ...about } = options;
  return {
    every: Math.max(1, Math.ceil(steps / LOOKS)),
    async look(step) {
      const weights = await learner.weights();
      for (const { name, value } of watch.values({ ...about, weights })) {
        write({ type: "observation", run, step, name, value });
      }
    },
  };
}
