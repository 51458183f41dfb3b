/** Graphs inside a node: the branches of an If, the body of a Loop or Scan. */
import type { OnnxGraph, OnnxNode } from "@idinit/onnx";

/** The graphs that a node holds itself, not those inside them. */
export function bodiesOf({ attributes }: OnnxNode): OnnxGraph[] {
  return attributes.flatMap((a) => (a.type === "graph" ? [a.value] : a.type === "graphs" ? a.value : []));
}
