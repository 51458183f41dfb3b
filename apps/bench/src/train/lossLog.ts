/** Thins the losses of a long run to a readable number of records. */
import type { LossRecord } from "../records.js";

/** The first steps are kept one by one: engines are compared by them. */
const SINGLE = 11;
const GROUPS = 200;

export interface LossLog {
  /** Takes the loss of the next step. */
  add(loss: number): void;
  /** Writes what is left. */
  flush(): void;
}

/** Writes the first 11 losses singly, then means over equal groups of steps, about 200 in all. */
export function createLossLog(run: string, steps: number, write: (record: LossRecord) => void): LossLog {
  const group = Math.max(1, Math.ceil(steps / GROUPS));
  let step = 0;
  let from = 0;
  let sum = 0;
  const flush = () => {
    if (step > from) write({ type: "loss", run, from, to: step - 1, loss: sum / (step - from) });
    [from, sum] = [step, 0];
  };
  return {
    add(loss) {
      sum += loss;
      step++;
      if (step <= SINGLE || step - from >= group || !Number.isFinite(loss)) flush();
    },
    flush,
  };
}
