/** What a step may set anew, checked against what the graph has. */
import { checkNames, checkRange } from "../checks.js";
import { OnnxTrainError } from "../errors.js";
import { checkUpdate, type StepRates, type UpdateOptions } from "../optimizers/apply.js";

/** Values for one step in place of the trainer's; the graph stays as it is. */
export interface StepOptions {
  readonly lr?: number;
  /** Needs an optimizer with a weight decay above 0. */
  readonly weightDecay?: number;
  /** Needs a trainer with `clipNorm`. */
  readonly clipNorm?: number;
  /** Needs a trainer with `emaDecay`. */
  readonly emaDecay?: number;
}

/** @throws OnnxTrainError for values out of range, and for those the graph has no input for. */
export function ratesOf(own: UpdateOptions, step: number, given: StepOptions): StepRates {
  checkNames("step", given, ["lr", "weightDecay", "clipNorm", "emaDecay"]);
  const { optimizer } = own;
  const { lr = optimizer.lr, weightDecay = optimizer.weightDecay } = given;
  checkRange("step", "lr", lr, 0);
  checkRange("step", "weightDecay", weightDecay, 0);
  if (weightDecay > 0 && optimizer.weightDecay === 0) {
    throw new OnnxTrainError(`step: weightDecay ${weightDecay} needs an optimizer made with a weightDecay above 0`);
  }
  for (const name of ["clipNorm", "emaDecay"] as const) {
    if (given[name] !== undefined && own[name] === undefined) {
      throw new OnnxTrainError(`step: ${name} needs a trainer made with ${name}`);
    }
  }
  const { clipNorm = own.clipNorm, emaDecay = own.emaDecay } = given;
  checkUpdate({ optimizer, clipNorm, emaDecay });
  return { step, lr, weightDecay, clipNorm, emaDecay };
}
