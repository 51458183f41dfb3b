/** Rules of functions of one value, and the small pieces that they are written with. */
import type { OnnxNode } from "@idinit/onnx";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRule } from "./rule.js";

/** The gradient by x, from that by y, x, y and the node. */
export type UnaryGradient = (g: TrainingGraph, dy: string, x: string, y: string, node: OnnxNode) => string;

export const unary =
  (make: UnaryGradient): GradientRule =>
  ({ g, dy, node, needs }) => [needs(0) ? make(g, dy, node.inputs[0]!, node.outputs[0]!, node) : undefined];

export const plusScalar = (g: TrainingGraph, x: string, value: number): string =>
  value === 0 ? x : g.op("Add", [x, g.scalar(value, x)]);

export const oneMinus = (g: TrainingGraph, x: string): string => g.op("Sub", [g.scalar(1, x), x]);
