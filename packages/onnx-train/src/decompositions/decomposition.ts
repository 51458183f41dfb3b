/** What a decomposition is given and what it returns. */
import type { OnnxNode } from "@idinit/onnx";
import type { TrainingGraph } from "../training-graph.js";

export interface DecompositionCall {
  readonly g: TrainingGraph;
  /** The node of the given model. */
  readonly node: OnnxNode;
  /** A uint32 scalar that differs from step to step and from node to node: what random masks are computed from. */
  seed(): string;
}

/**
 * Writes an operator as simpler ones that have gradients: returns the value of each output, `undefined` for one that
 * the node does not use.
 */
export type Decomposition = (call: DecompositionCall) => (string | undefined)[];
export type Decompositions = Readonly<Record<string, Decomposition>>;
