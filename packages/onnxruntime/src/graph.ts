/** From an ONNX model to the neutral graph: flatten, recognise patterns, translate node by node, put vectors where they belong. */
import type { Graph } from "@idinit/core/graph";
import type { OnnxModel } from "@idinit/onnx";
import { flatten } from "./flatten.js";
import { lower } from "./lowering/lower.js";
import type { Value } from "./lowering/values.js";
import { activations } from "./patterns/activations.js";
import { affine } from "./patterns/affine.js";
import { splitMerged } from "./patterns/merged.js";
import { norms } from "./patterns/norms.js";
import { findTied, type TiedCopy, tie } from "./patterns/tied.js";

/** The neutral graph and the parameters that are copies of others. */
export interface Translation {
  readonly graph: Graph;
  readonly copies: readonly TiedCopy[];
  /** What is known of a value of the model. */
  value(name: string): Value | undefined;
}

/**
 * Translates a model whose tensors are all inline. Parameters are the float tensors (initializers and Constant nodes) that a
 * layer, norm, embedding, gate or shift uses; constants of activations, masks, epsilons and shape arithmetic are not.
 *
 * @throws IdinitError for values that nothing makes, functions that call themselves, branches that only running the model decides.
 */
export function translate(model: OnnxModel): Translation {
  const flat = flatten(splitMerged(model));
  const context = lower(activations(norms(flat)));
  const nodes = affine(context);
  const used = new Set(nodes.flatMap(({ slots }) => Object.values(slots ?? {}).map(({ parameter }) => parameter)));
  const made = new Set([...flat.inputs, ...nodes.flatMap(({ outputs }) => outputs)]);
  const graph: Graph = {
    inputs: flat.inputs,
    outputs: flat.outputs.filter((name) => made.has(name)),
    nodes,
    parameters: [...context.parameters.values()].filter(({ name }) => used.has(name)),
  };
  const copies = findTied(graph, flat.tensors);
  return { graph: tie(graph, copies), copies, value: (name) => context.find(name) };
}

/** The neutral graph of a model. */
export const toGraph = (model: OnnxModel): Graph => translate(model).graph;
