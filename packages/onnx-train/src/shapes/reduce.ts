/** Reductions along axes. */
import { DataType, getInt, getInts } from "@idinit/onnx";
import { axisOf, type Dim, product } from "./dims.js";
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
  return [{ type: x.type, dims, elements: reducedElements(c, axes) }];
};

const ELEMENTS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ReduceSum: (values) => values.reduce((a, b) => a + b, 0),
  ReduceMax: (values) => Math.max(...values),
  ReduceMin: (values) => Math.min(...values),
};

/** Shape computations multiply or add up the elements of vectors. */
function reducedElements(c: InferContext, axes: readonly number[]): Dim[] | undefined {
  const { elements, dims } = c.input(0)!;
  if (!elements || elements.length === 0 || dims?.length !== 1 || axes.length !== 1) return undefined;
  if (c.node.opType === "ReduceProd") return [product(elements)];
  const values = c.numbers(0);
  const combine = ELEMENTS[c.node.opType];
  return values && combine ? [combine(values)] : undefined;
}

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
