/** Shape of Einsum. */
import { getString } from "@idinit/onnx";
import { broadcast, type Dim } from "./dims.js";
import { parseEquation } from "./equation.js";
import type { InferRule } from "./facts.js";

export const einsum: InferRule = (c) => {
  const operands = c.node.inputs.map((_, i) => c.input(i)?.dims);
  const type = c.input(0)?.type;
  if (!operands.every((dims) => dims !== undefined)) return [{ type }];
  const equation = parseEquation(
    getString(c.node, "equation", ""),
    operands.map((dims) => dims.length),
  );
  const sizes = new Map<string, Dim>();
  equation.operands.forEach((labels, k) => {
    labels.forEach((label, i) => {
      const size = operands[k]![i]!;
      sizes.set(label, broadcast([sizes.get(label) ?? 1], [size])?.[0] ?? size);
    });
  });
  return [{ type, dims: equation.result.map((label) => sizes.get(label)!) }];
};
