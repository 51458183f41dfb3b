/** What a loss is: a scalar of the model's output and a target, with its gradient written out. */
import type { Dim } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";

/** Names that stand for a loss with its defaults. */
export type LossName = "softmax-cross-entropy" | "mse" | "bce-with-logits" | "model-output";

interface LossValues {
  /** Scalar, mean over the batch. */
  readonly loss: string;
  /** The gradient by the output; its nodes are added when it is asked for. */
  gradient(): string;
  /** Float scalar: of how many values the loss is the mean. Weighs the parts of a batch that comes in several. */
  count(): string;
}

/** The input that the targets come in. */
export interface TargetSpec {
  readonly name: "target";
  readonly type: "int32" | "float32";
  readonly dims: readonly Dim[];
}

/** A loss as a value: what it checks, and the nodes that compute it. */
export interface Loss {
  readonly name: LossName;
  /** All that the loss is: it can be made anew from them. */
  readonly params: Readonly<Record<string, number | string | boolean | readonly number[] | undefined>>;
  /** The model's output that the loss takes, where the loss names it. */
  readonly output?: string;
  /** The target for an output of shape `output`; `undefined` for a loss without one. */
  target(output: readonly Dim[]): TargetSpec | undefined;
  /** @throws OnnxTrainError for values of the target that make no sense; `output` is the output's shape. */
  checkTarget?(values: ArrayLike<number>, output: readonly Dim[]): void;
  /** Adds the nodes of the loss; those of its gradient when that is asked for. */
  build(g: TrainingGraph, output: string, target: string | undefined): LossValues;
}
