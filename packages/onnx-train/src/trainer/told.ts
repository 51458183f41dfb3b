/** What a step tells, which is read only where it is asked for: reading waits until the device is done. */
import { take } from "./download.js";
import type { Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";
import type { StepResult } from "./trainer.js";

export interface Told {
  read(): Promise<StepResult>;
  drop(): void;
}

/** By the tensors of the loss and, where there is one, the norm of the gradients; they are given back. */
export const toldBy = (sessions: Sessions, tensors: readonly Tensor[]): Told => ({
  read: async () => {
    const [loss, gradientNorm] = await take(sessions, tensors);
    return withDivergence({ loss: loss![0]!, ...(gradientNorm && { gradientNorm: gradientNorm[0]! }) });
  },
  drop: () => {
    for (const tensor of tensors) tensor.dispose();
  },
});

/** By numbers that are there already. */
export const toldAlready = (result: Omit<StepResult, "diverged">): Told => ({
  read: async () => withDivergence(result),
  drop: () => {},
});

export const withDivergence = (result: Omit<StepResult, "diverged">): StepResult => ({
  ...result,
  diverged: !(Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm ?? 0)),
});
