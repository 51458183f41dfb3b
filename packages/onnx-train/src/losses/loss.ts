/** What a loss is: a scalar of the model's output and a target, with its gradient written out. */
import type { Dim } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";

export type LossName = "softmax-cross-entropy" | "mse";

interface LossValues {
  /** Scalar, mean over the batch. */
  readonly loss: string;
  /** The gradient by the output; its nodes are added when it is asked for. */
  gradient(): string;
}

export interface Loss {
  readonly name: LossName;
  readonly targetType: "int32" | "float32";
  /** Shape of the target for an output of shape `output`. */
  targetDims(output: readonly Dim[]): readonly Dim[];
  build(g: TrainingGraph, output: string, target: string): LossValues;
}
