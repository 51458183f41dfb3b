/** What steps tell, which is read only where it is asked for: reading waits until the device is done. */
import { take } from "./download.js";
import type { Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";
import type { StepResult } from "./trainer.js";

export interface Told {
  /** Where the numbers lie. */
  readonly tensors: readonly Tensor[];
  /** The result by the values of the tensors. */
  tell(values: readonly Float32Array[]): StepResult;
}

/** By the tensors of the loss and, where there is one, the norm of the gradients. */
export const toldBy = (tensors: readonly Tensor[]): Told => ({
  tensors,
  tell: ([loss, gradientNorm]) =>
    withDivergence({ loss: loss![0]!, ...(gradientNorm && { gradientNorm: gradientNorm[0]! }) }),
});

/** By numbers that are there already. */
export const toldAlready = (result: Omit<StepResult, "diverged">): Told => ({
  tensors: [],
  tell: () => withDivergence(result),
});

/** The results of several steps in one reading; the tensors are given back. */
export async function readTold(sessions: Sessions, all: readonly Told[]): Promise<StepResult[]> {
  const values = await take(
    sessions,
    all.flatMap(({ tensors }) => tensors),
  );
  let at = 0;
  return all.map(({ tensors, tell }) => tell(values.slice(at, (at += tensors.length))));
}

/** Gives back what is not read. */
export function dropTold(all: readonly Told[]): void {
  for (const { tensors } of all) for (const tensor of tensors) tensor.dispose();
}

export const withDivergence = (result: Omit<StepResult, "diverged">): StepResult => ({
  ...result,
  diverged: !(Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm ?? 0)),
});
