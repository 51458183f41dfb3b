/** Reverse-mode differentiation: from the loss back to the parameters, node by node. */
import type { OnnxNode } from "@idinit/onnx";
import { zerosLike } from "./compose.js";
import { constantInputs } from "./gradients/constant-inputs.js";
import type { Forms } from "./gradients/forms.js";
import { gradientRules } from "./gradients/index.js";
import type { RowSums } from "./gradients/rule.js";
import type { Problems } from "./model/problems.js";
import { whyUnsupported } from "./model/unsupported.js";
import type { TrainingGraph } from "./training-graph.js";

export interface BackwardOptions {
  /** The forward nodes, in order. */
  readonly nodes: readonly OnnxNode[];
  /** Values that need a gradient. */
  readonly path: ReadonlySet<string>;
  /** The value to start from and the gradient of the loss by it. */
  readonly output: string;
  readonly gradient: string;
  readonly forms: Forms;
  readonly channelBlock: number;
  readonly problems: Problems;
}

/**
 * Adds the gradient nodes and returns a lookup of the gradient by a value, `undefined` where there is none.
 *
 * @throws OnnxTrainError that lists every node whose form has no gradient.
 */
export function buildBackward(g: TrainingGraph, options: BackwardOptions): (value: string) => string | undefined {
  const { path, forms, channelBlock, problems } = options;
  const rowSums = new Map<string, RowSums>();
  const parts = new Map<string, string[]>([[options.output, [options.gradient]]]);

  // A value used several times has one gradient per use; they are added once, when all are there.
  const gradientOf = (value: string): string | undefined => {
    const uses = parts.get(value);
    if (!uses || uses.length === 0) return undefined;
    if (uses.length > 1) parts.set(value, [g.op(uses.length === 2 ? "Add" : "Sum", uses)]);
    return parts.get(value)![0];
  };

  for (const node of [...options.nodes].reverse()) {
    const dys = node.outputs.map((name) => (path.has(name) ? gradientOf(name) : undefined));
    const standard = node.domain === "";
    const constant = standard ? constantInputs[node.opType] : undefined;
    const needs = (i: number) => path.has(node.inputs[i] ?? "") && !constant?.includes(i);
    if (dys.every((dy) => dy === undefined) || !node.inputs.some((_, i) => needs(i))) continue;
    const rule = standard && Object.hasOwn(gradientRules, node.opType) ? gradientRules[node.opType] : undefined;
    if (!rule) problems.add(node, whyUnsupported(node));
    const dy = () => dys[0] ?? zerosLike(g, node.outputs[0]!);
    const call = () => ({ g, forms, channelBlock, rowSums, node, dy: dy(), dys, needs });
    // Past a problem the values stand for their own gradients, so that problems further up are found as well.
    const gradients = (rule && problems.collect(node, () => rule(call()))) ?? node.inputs;
    node.inputs.forEach((name, i) => {
      const gradient = gradients[i];
      if (gradient !== undefined && needs(i)) parts.set(name, [...(parts.get(name) ?? []), gradient]);
    });
  }
  problems.throwIfAny();
  return gradientOf;
}
