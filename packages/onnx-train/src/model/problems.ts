/** Everything that keeps a model from being trained, so that one error can list it. */
import { nodeLabel, type OnnxNode } from "@idinit/onnx";
import { OnnxTrainError, UnknownShapeError } from "../errors.js";

/**
 * Runs a step for one node of the model. What is neither an error of ours nor one of the reader's comes of a malformed node:
 * an input or an attribute that the operator must have is missing or of another kind.
 */
export function atNode<T>(node: OnnxNode, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    const what = `node ${nodeLabel(node)}: inputs or attributes do not fit the operator (${error.message})`;
    throw new OnnxTrainError(what, { cause: error });
  }
}

export class Problems {
  private readonly list = new Map<string, string>();

  /** The first reason of a node counts. */
  add(node: OnnxNode, reason: string): void {
    const label = nodeLabel(node);
    if (!this.list.has(label)) this.list.set(label, reason);
  }

  /** Runs a step for one node: what it throws of this package's own is noted, and `undefined` returned. */
  collect<T>(node: OnnxNode, step: () => T): T | undefined {
    try {
      return atNode(node, step);
    } catch (error) {
      if (!(error instanceof OnnxTrainError)) throw error;
      // Behind an operator that nobody knows, unknown shapes are no news.
      if (!(error instanceof UnknownShapeError) || this.list.size === 0) this.add(node, error.message);
      return undefined;
    }
  }

  get any(): boolean {
    return this.list.size > 0;
  }

  /** @throws OnnxTrainError that lists every node with its reason. */
  throwIfAny(): void {
    if (this.list.size === 0) return;
    const lines = [...this.list].map(([label, reason]) => `${label}: ${reason}`);
    throw new OnnxTrainError(`no gradient for ${this.list.size} node(s): ${lines.join("; ")}`);
  }
}
