/** Gradient of Resize: what an element gave to each output comes back with the same weight, axis by axis. */
import { reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { Dim } from "../shapes/dims.js";
import { resizedAxes, resizeTaps } from "../shapes/resize.js";
import type { TrainingGraph } from "../training-graph.js";
import { type Taps, transposedAlong } from "./along-axis.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** How often each element is repeated, where all are equally often and in order. */
function repetition(taps: readonly Taps[], size: number): number | undefined {
  const times = taps.length / size;
  if (!Number.isInteger(times)) return undefined;
  const plain = taps.every((list, to) => list.length === 1 && list[0]![0] === Math.floor(to / times));
  return plain ? times : undefined;
}

/** Sums the copies of every element. */
function sumCopies(g: TrainingGraph, dy: string, copies: ReadonlyMap<number, number>, dims: readonly Dim[]): string {
  const shape: number[] = [];
  const summed: number[] = [];
  dims.forEach((size, axis) => {
    shape.push(typeof size === "number" ? size : -1);
    const times = copies.get(axis);
    if (times !== undefined) summed.push(shape.push(times) - 1);
  });
  if (shape.filter((d) => d < 0).length > 1)
    throw new OnnxTrainError("several open sizes; set batchSize or inputShapes");
  return reduce(g, "ReduceSum", g.op("Reshape", [dy, g.ints(shape)]), summed, 0);
}

const resize: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const dims = g.dimsOf(node.inputs[0]!);
  const sizes = node.inputs[3] ? g.factsOf(node.inputs[3]).elements : undefined;
  const axes = resizedAxes({ node, scales: g.numbers(node.inputs[2]), sizes }, dims);
  if (!axes) throw new OnnxTrainError("scales or sizes must be constant; set batchSize or inputShapes");
  const copies = new Map<number, number>();
  const maps: { axis: number; taps: readonly Taps[]; size: number }[] = [];
  for (const { axis, scale, output } of axes) {
    const size = dims[axis]!;
    if (scale === 1 && size === output) continue;
    if (typeof size !== "number" || typeof output !== "number" || scale === undefined)
      throw new OnnxTrainError(`axis ${axis} has the open size "${size}"; set inputShapes`);
    const taps = resizeTaps(node, size, output, scale);
    if (typeof taps === "string") throw new OnnxTrainError(taps);
    const times = repetition(taps, size);
    if (times !== undefined && times > 1) copies.set(axis, times);
    else if (times === undefined) maps.push({ axis, taps, size });
  }
  let gradient = dy;
  for (const { axis, taps, size } of maps) gradient = transposedAlong(g, gradient, axis, taps, size);
  return [copies.size === 0 ? gradient : sumCopies(g, gradient, copies, dims)];
};

export const resizeGradients: GradientRules = { Resize: resize };
