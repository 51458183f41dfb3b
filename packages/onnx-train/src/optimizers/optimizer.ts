/** What an optimizer is: plain parameters, state tensors per parameter, and nodes for one update. */
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";

export interface DecayOptions {
  /** Which parameters decay. Default: all. */
  readonly decay?: (name: string, dims: readonly number[]) => boolean;
}

export interface Update {
  readonly parameter: string;
  readonly gradient: string;
  /** Values of the optimizer's slots, in order. */
  readonly slots: readonly string[];
  /** Graph inputs by the names that `scalars` gives. */
  readonly scalars: Readonly<Record<string, string>>;
  readonly decays: boolean;
}

export interface Optimizer {
  readonly name: "sgd" | "adam" | "adamw";
  readonly params: Readonly<Record<string, number | boolean>>;
  readonly lr: number;
  /** State tensors per parameter, each of its shape, zero at first. */
  readonly slots: readonly string[];
  readonly decay?: DecayOptions["decay"];
  /** Scalars that a step (counted from 1) feeds to the graph; computed here in double precision. */
  scalars(step: number, lr: number): Record<string, number>;
  /** Adds the update's nodes; returns the new parameter and the new slots. */
  update(g: TrainingGraph, update: Update): { readonly parameter: string; readonly slots: readonly string[] };
}

/** @throws OnnxTrainError where a value is no finite number within [low, high). */
export function checkRange(optimizer: string, name: string, value: number, low: number, high = Infinity): void {
  if (!(typeof value === "number" && value >= low && value < high)) {
    throw new OnnxTrainError(`${optimizer}: ${name} must be in [${low}, ${high}), got ${value}`);
  }
}

/** gradient + weightDecay parameter: decay as an L2 penalty. */
export function coupledDecay(g: TrainingGraph, { parameter, gradient, decays }: Update, weightDecay: number): string {
  if (weightDecay === 0 || !decays) return gradient;
  return g.op("Add", [gradient, g.op("Mul", [parameter, g.scalar(weightDecay, parameter)])]);
}
