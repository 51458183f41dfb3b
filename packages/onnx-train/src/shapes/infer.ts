/** Shape inference, node by node: static where it can be, names of dimensions where it cannot. */
import type { OnnxNode } from "@idinit/onnx";
import { blockRules } from "./blocks.js";
import { einsum } from "./einsum.js";
import { elementRules } from "./elements.js";
import { elementwiseRules } from "./elementwise.js";
import type { Facts, InferRule } from "./facts.js";
import { layoutRules } from "./layout.js";
import { linearRules } from "./linear.js";
import { recurrentRules } from "./recurrent.js";
import { reduceRules } from "./reduce.js";
import { resize } from "./resize.js";
import { slice } from "./slice.js";

const RULES: ReadonlyMap<string, InferRule> = new Map(
  Object.entries({
    ...elementwiseRules,
    ...linearRules,
    ...reduceRules,
    ...layoutRules,
    ...elementRules,
    ...recurrentRules,
    ...blockRules,
    Slice: slice,
    Einsum: einsum,
    Resize: resize,
  }),
);

/** Elements of a value where they are known and all numbers. */
export function numbersOf(facts: Facts | undefined): number[] | undefined {
  return facts?.elements?.every((value) => typeof value === "number") ? (facts.elements as number[]) : undefined;
}

/** Facts of a node's outputs from those of its inputs; `{}` for operators this package does not know. */
export function inferNode(node: OnnxNode, opset: number, factsOf: (value: string) => Facts): Facts[] {
  const rule = node.domain === "" ? RULES.get(node.opType) : undefined;
  if (!rule) return node.outputs.map(() => ({}));
  const input = (i: number) => (node.inputs[i] ? factsOf(node.inputs[i]) : undefined);
  const label = (node.outputs[0] ?? "").replaceAll("*", "_");
  return rule({
    node,
    opset,
    input,
    numbers: (i) => numbersOf(input(i)),
    fresh: (axis) => `${label}.${axis}`,
  });
}
