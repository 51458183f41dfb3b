/** What a gradient rule is given and what it returns. */
import type { OnnxNode } from "@idinit/onnx";
import type { TrainingGraph } from "../training-graph.js";
import type { Forms } from "./forms.js";

/** The sums along the last axis of a gradient times the value `of` which it is: those of two narrower `factors`. */
export interface RowSums {
  readonly of: string;
  readonly factors: readonly [string, string];
}

export interface GradientCall {
  readonly g: TrainingGraph;
  readonly forms: Forms;
  /** Channels in a block of the layout that convolutions will be in; 0: the plain one. */
  readonly channelBlock: number;
  /** By gradients that come from products. */
  readonly rowSums: Map<string, RowSums>;
  /** The node as it stands in the training graph. */
  readonly node: OnnxNode;
  /** Gradient of the loss by the first output; zeros where only other outputs have one. */
  readonly dy: string;
  /** Gradients by each output, `undefined` where the loss does not depend on it. */
  readonly dys: readonly (string | undefined)[];
  /** Whether the gradient by the i-th input is wanted. */
  needs(i: number): boolean;
}

/** Returns the gradient by each input, in order; `undefined` for inputs that are not wanted or not differentiable. */
export type GradientRule = (call: GradientCall) => (string | undefined)[];
export type GradientRules = Readonly<Record<string, GradientRule>>;
