/** Reductions along axes. */
import { DataType, getInt, getInts } from "@idinit/onnx";
import { axisOf } from "./dims.js";
import type { InferContext, InferRule } from "./facts.js";

/** Axes of a reduction, from the attribute or from the second input; all axes where none are given. */
export function reducedAxes(c: Pick<InferContext, "node" | "numbers">, rank: number): number[] | undefined {
  const listed = getInts(c.node, "axes") ?? (c.node.inputs[1] ? c.numbers(1) : []);
  if (listed === undefined) return undefined;
  if (listed.length > 0) return listed.map((axis) => axisOf(axis, rank));
  return getInt(c.node, "noop_with_empty_axes", 0) ? [] : Array.from({ length: rank }, (_, i) => i);
}

const reduce: InferRule = (c) => {
  const x = c.input(0)!;
  const axes = x.dims && reducedAxes(c, x.dims.length);
  if (!x.dims || !axes) return [{ type: x.type }];
  const keep = getInt(c.node, "keepdims", 1);
  const dims = keep ? x.dims.map((d, i) => (axes.includes(i) ? 1 : d)) : x.dims.filter((_, i) => !axes.includes(i));
  return [{ type: x.type, dims }];
};

const argument: InferRule = (c) => {
  const x = c.input(0)!;
  const axis = x.dims && axisOf(getInt(c.node, "axis", 0), x.dims.length);
  const keep = getInt(c.node, "keepdims", 1);
  const dims = keep ? x.dims?.map((d, i) => (i === axis ? 1 : d)) : x.dims?.filter((_, i) => i !== axis);
  return [{ type: DataType.int64, dims }];
};

const KINDS = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"];

export const reduceRules: Readonly<Record<string, InferRule>> = {
  ...Object.fromEntries(KINDS.map((kind) => [`Reduce${kind}`, reduce])),
  ArgMax: argument,
  ArgMin: argument,
};
