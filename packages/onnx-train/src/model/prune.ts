/** Takes out what no output depends on. */
import type { OnnxGraph } from "@idinit/onnx";
import { readNames } from "./names.js";

/** The graph without nodes and stored tensors that nothing reads; inputs stay. */
export function pruned(graph: OnnxGraph): OnnxGraph {
  const wanted = new Set(graph.outputs.map(({ name }) => name));
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of readNames(node)) wanted.add(name);
    return true;
  });
  return {
    ...graph,
    nodes: nodes.reverse(),
    initializers: graph.initializers.filter(({ name }) => wanted.has(name)),
  };
}
