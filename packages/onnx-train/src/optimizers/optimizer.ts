/** What an optimizer is: plain parameters, state tensors per parameter, and nodes for one update. */
import type { TrainingGraph } from "../training-graph.js";

/** Names that stand for an optimizer with its defaults. */
export type OptimizerName = "sgd" | "adam" | "adamw" | "rmsprop" | "adagrad" | "adadelta" | "lion";

/**
 * Which parameters decay: names, or a choice by name and shape. A number is a multiple of the weight decay, so that
 * groups may decay at different strength.
 */
export type Decay = readonly string[] | ((name: string, dims: readonly number[]) => boolean | number);

export interface DecayOptions {
  /** Weight decay, >= 0; a step may give another unless it is 0, for then the graph has none. */
  readonly weightDecay?: number;
  /** Default: all parameters. Biases and norms are usually left out: `(name, dims) => dims.length > 1`. */
  readonly decay?: Decay;
}

/** What may change from step to step without another graph. */
export interface Rates {
  /** Counted from 1. */
  readonly step: number;
  readonly lr: number;
  readonly weightDecay: number;
}

export interface Update {
  readonly parameter: string;
  readonly gradient: string;
  /** Values of the optimizer's slots, in order. */
  readonly slots: readonly string[];
  /** Graph inputs by the names that `scalars` gives. */
  readonly scalars: Readonly<Record<string, string>>;
  /** Multiple of the weight decay; 0 for a parameter that does not decay, or where there is none at all. */
  readonly decays: number;
}

/** An optimizer as a value: its state, and the nodes that update a parameter. */
export interface Optimizer {
  readonly name: OptimizerName;
  /** All that the optimizer is, but which parameters decay. */
  readonly params: Readonly<Record<string, number | boolean>>;
  readonly lr: number;
  readonly weightDecay: number;
  /** State tensors per parameter, each of its shape. */
  readonly slots: readonly string[];
  /** What the slots hold at first. Default 0. */
  readonly start?: number;
  readonly decay?: Decay;
  /** Scalars that a step feeds to the graph; computed here in double precision. */
  scalars(rates: Rates): Record<string, number>;
  /**
   * Where scalars depend on the step, the same as nodes: from the scalars of step 1 those of the step whose number is a value of
   * the graph, for steps that may be skipped. Gives those that differ.
   */
  atStep?(g: TrainingGraph, step: string, scalars: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Adds the update's nodes; returns the new parameter and the new slots. */
  update(g: TrainingGraph, update: Update): { readonly parameter: string; readonly slots: readonly string[] };
}
