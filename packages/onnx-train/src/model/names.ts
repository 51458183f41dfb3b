/** The names of values in nodes, with those inside nested graphs. */
import type { Attribute, OnnxGraph, OnnxNode } from "@idinit/onnx";

function graphsOf(attribute: Attribute): readonly OnnxGraph[] {
  if (attribute.type === "graph") return [attribute.value];
  return attribute.type === "graphs" ? attribute.value : [];
}

/** Values that a node reads, also from within its branches and loop bodies. */
export function readNames(node: OnnxNode): string[] {
  const inner = node.attributes.flatMap(graphsOf).flatMap((graph) => {
    const own = new Set([
      ...graph.inputs.map(({ name }) => name),
      ...graph.initializers.map(({ name }) => name),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]);
    const read = [...graph.nodes.flatMap(readNames), ...graph.outputs.map(({ name }) => name)];
    return read.filter((name) => !own.has(name));
  });
  return [...node.inputs, ...inner].filter((name) => name !== "");
}

/** A copy of a node under other names; nested graphs are renamed as a whole, their own values included. */
export function renamed(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const apply = (name: string) => (name === "" ? "" : rename(name));
  const value = <T extends { name: string }>(item: T): T => ({ ...item, name: apply(item.name) });
  const graph = (given: OnnxGraph): OnnxGraph => ({
    ...given,
    nodes: given.nodes.map((inner) => renamed(inner, rename)),
    initializers: given.initializers.map(value),
    inputs: given.inputs.map(value),
    outputs: given.outputs.map(value),
    valueInfo: given.valueInfo.map(value),
  });
  const attributes = node.attributes.map((attribute): Attribute => {
    if (attribute.type === "graph") return { ...attribute, value: graph(attribute.value) };
    return attribute.type === "graphs" ? { ...attribute, value: attribute.value.map(graph) } : attribute;
  });
  return { ...node, inputs: node.inputs.map(apply), outputs: node.outputs.map(apply), attributes };
}
