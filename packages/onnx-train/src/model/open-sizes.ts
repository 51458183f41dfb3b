/** Names of open sizes where onnxruntime loses them. */
import type { OnnxGraph, ValueInfo } from "@idinit/onnx";
import type { Facts } from "../shapes/facts.js";

/** Operators behind which onnxruntime knows no more that two open sizes are the same one. */
const LOSING: ReadonlySet<string> = new Set(["Reshape", "Split", "Expand", "ConstantOfShape"]);

/**
 * What is known of the results of such operators, as far as it is written in numbers and names of the graph's inputs.
 * onnxruntime reuses a buffer for values of equal shape only: without the names it uses more memory, and looks for a
 * buffer to reuse in a list that grows with every node.
 */
export function openSizes(graph: OnnxGraph, factsOf: (value: string) => Facts): ValueInfo[] {
  const names = new Set(graph.inputs.flatMap(({ shape }) => shape ?? []));
  const results = graph.nodes.filter(({ opType }) => LOSING.has(opType)).flatMap(({ outputs }) => outputs);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return results.flatMap((name): ValueInfo[] => {
    const { type, dims } = factsOf(name);
    if (name === "" || outputs.has(name) || type === undefined || !dims?.some((d) => typeof d === "string")) return [];
    const written = dims.every((d) => typeof d === "number" || names.has(d));
    return written ? [{ name, elemType: type, shape: [...dims] }] : [];
  });
}
