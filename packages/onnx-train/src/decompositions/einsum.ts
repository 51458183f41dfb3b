/** Einsum as Transpose, Reshape and MatMul, two operands at a time. */
import { getString } from "@idinit/onnx";
import { range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { parseEquation } from "../shapes/equation.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition } from "./decomposition.js";

interface Labelled {
  readonly value: string;
  readonly labels: readonly string[];
}

export const einsumDecomposition: Decomposition = ({ g, node }) => {
  const equation = parseEquation(
    getString(node, "equation", ""),
    node.inputs.map((name) => g.dimsOf(name).length),
  );
  const operands = node.inputs.map((value, i): Labelled => ({ value, labels: equation.operands[i]! }));
  for (const { labels } of operands) {
    if (new Set(labels).size !== labels.length)
      throw new OnnxTrainError(`a letter twice in one operand (${labels.join("")}), a diagonal, is not supported`);
  }
  let [left, ...rest] = operands as [Labelled, ...Labelled[]];
  for (const [i, right] of rest.entries()) {
    const wanted = new Set([...equation.result, ...rest.slice(i + 1).flatMap(({ labels }) => labels)]);
    left = contract(
      g,
      withoutUnshared(g, left, [...wanted, ...right.labels]),
      withoutUnshared(g, right, [...wanted, ...left.labels]),
      wanted,
    );
  }
  return [ordered(g, withoutUnshared(g, left, equation.result), equation.result)];
};

/** Sums over the labels that nobody else has. */
function withoutUnshared(g: TrainingGraph, { value, labels }: Labelled, kept: readonly string[]): Labelled {
  const axes = range(labels.length).filter((i) => !kept.includes(labels[i]!));
  return { value: reduce(g, "ReduceSum", value, axes, 0), labels: labels.filter((label) => kept.includes(label)) };
}

/** The product of two operands, summed over the labels that both have and nobody else wants. */
function contract(g: TrainingGraph, left: Labelled, right: Labelled, wanted: ReadonlySet<string>): Labelled {
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => wanted.has(label));
  const summed = shared.filter((label) => !wanted.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const a = merged(g, left, batch, rows, summed);
  const b = merged(g, right, batch, summed, columns);
  return split(g, g.op("MatMul", [a, b]), { batch, rows, columns }, [left, right]);
}

/** `[...batch, first labels as one axis, second labels as one axis]`. */
function merged(
  g: TrainingGraph,
  operand: Labelled,
  batch: readonly string[],
  first: readonly string[],
  second: readonly string[],
): string {
  const value = ordered(g, operand, [...batch, ...first, ...second]);
  if (first.length === 1 && second.length === 1) return value;
  const dims = g.dimsOf(value).slice(batch.length);
  const [a, b] = [sizeOf(dims.slice(0, first.length)), sizeOf(dims.slice(first.length))];
  if (a === undefined && b === undefined) throw new OnnxTrainError("several open sizes; set batchSize or inputShapes");
  // 0 copies a size, so that those of the batch may stay open.
  return g.op("Reshape", [value, g.ints([...batch.map(() => 0), a ?? -1, b ?? -1])]);
}

const sizeOf = (dims: readonly (number | string)[]): number | undefined =>
  dims.every((d) => typeof d === "number") ? (dims as number[]).reduce((a, b) => a * b, 1) : undefined;

/** Takes the merged rows and columns of a product apart again. */
function split(
  g: TrainingGraph,
  value: string,
  { batch, rows, columns }: Readonly<Record<"batch" | "rows" | "columns", readonly string[]>>,
  operands: readonly Labelled[],
): Labelled {
  const labels = [...batch, ...rows, ...columns];
  if (rows.length === 1 && columns.length === 1) return { value, labels };
  const size = (label: string) => {
    const owner = operands.find((operand) => operand.labels.includes(label))!;
    return g.dimsOf(owner.value)[owner.labels.indexOf(label)]!;
  };
  const sizes = [...rows, ...columns].map(size).map((dim) => (typeof dim === "number" ? dim : -1));
  if (sizes.filter((n) => n < 0).length > 1)
    throw new OnnxTrainError("several open sizes; set batchSize or inputShapes");
  return { value: g.op("Reshape", [value, g.ints([...batch.map(() => 0), ...sizes])]), labels };
}

/** The axes in this order. */
function ordered(g: TrainingGraph, { value, labels }: Labelled, order: readonly string[]): string {
  const perm = order.map((label) => labels.indexOf(label));
  return perm.every((from, to) => from === to) ? value : g.op("Transpose", [value], { perm });
}
