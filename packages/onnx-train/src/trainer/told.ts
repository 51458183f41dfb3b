/** What steps tell, which is read only where it is asked for: reading waits until the device is done. */
import type { ScalingOutputs } from "../mixed/loss-scaling.js";
import type { TrainingModelInfo } from "../training-model.js";
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

/** The outputs of a step that tell of it. */
export const toldNames = ({ loss, gradientNorm, scaling }: TrainingModelInfo): string[] => [
  loss,
  ...(gradientNorm ? [gradientNorm] : []),
  ...(scaling ? [scaling.scale, scaling.skipped] : []),
];

/** By the results of a run. */
export function toldBy(info: TrainingModelInfo, results: Readonly<Record<string, Tensor>>): Told {
  const { loss, gradientNorm, scaling } = info;
  const names = toldNames(info);
  return {
    tensors: names.map((name) => results[name]!),
    tell(values) {
      const at = (name: string) => values[names.indexOf(name)]![0]!;
      return withDivergence({
        loss: at(loss),
        ...(gradientNorm && { gradientNorm: at(gradientNorm) }),
        ...(scaling && toldOfScaling((name) => at(scaling[name]))),
      });
    },
  };
}

/** The part of a result that mixed precision adds. */
export const toldOfScaling = (number: (name: keyof ScalingOutputs) => number) => ({
  lossScale: number("scale"),
  skipped: number("skipped") === 1,
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

/** Gradients that are not finite are no more than a step to skip, unless the scale is not the reason. */
export function withDivergence(result: Omit<StepResult, "diverged">): StepResult {
  const { loss, gradientNorm = 0, skipped, lossScale } = result;
  const lost = skipped === undefined ? !Number.isFinite(gradientNorm) : skipped && lossScale === 1;
  return { ...result, diverged: !Number.isFinite(loss) || lost };
}
