/** Puts simpler operators in the place of a node. */
import type { OnnxNode } from "@idinit/onnx";
import type { TrainingGraph } from "../training-graph.js";
import type { DecompositionCall } from "./decomposition.js";
import { decompositions } from "./index.js";

export const hasDecomposition = (node: OnnxNode): boolean =>
  node.domain === "" && Object.hasOwn(decompositions, node.opType);

/** Adds the operators and returns them; the last ones give the results the node's own names. */
export function decomposeNode(g: TrainingGraph, node: OnnxNode, seed: DecompositionCall["seed"]): OnnxNode[] {
  const { value: results, nodes } = g.capture(() => decompositions[node.opType]!({ g, node, seed }));
  const named = node.outputs.flatMap((output, i): OnnxNode[] => {
    const value = results[i];
    if (output === "" || value === undefined) return [];
    return [{ name: output, opType: "Identity", domain: "", inputs: [value], outputs: [output], attributes: [] }];
  });
  for (const identity of named) g.copy(identity);
  return [...nodes, ...named];
}
