/** Sampling of images at places that are computed. */
import { DataType, getInt, getString } from "@idinit/onnx";
import { mask } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, Decompositions } from "./decomposition.js";

/** Where an axis of `size` elements is sampled: the element before, and the way from there to the next. */
interface Place {
  readonly size: number;
  readonly low: string;
  /** `undefined` where the nearest element is taken. */
  readonly rest: string | undefined;
}

/** The element `step` after the lower one as an index that is inside, whether it is, and what it weighs. */
function tap(g: TrainingGraph, { size, low, rest }: Place, step: 0 | 1) {
  const [first, last] = [g.scalar(0, low), g.scalar(size - 1, low)];
  const at = step === 0 ? low : g.op("Add", [low, g.scalar(1, low)]);
  const inside = g.op("And", [g.op("GreaterOrEqual", [at, first]), g.op("LessOrEqual", [at, last])]);
  const index = g.op("Cast", [g.op("Clip", [at, first, last])], { to: DataType.int64 });
  const weight = rest && (step === 1 ? rest : g.op("Sub", [g.scalar(1, rest), rest]));
  return { index, weight, inside: mask(g, inside, low) };
}

/** y = sum over the elements around each place of weight x; the places go from -1 to 1 along each axis, x before y. */
const gridSample: Decomposition = ({ g, node }) => {
  const [x, grid] = node.inputs as [string, string];
  const [, channels, height, width] = g.dimsOf(x);
  const [, rows, columns] = g.dimsOf(grid);
  const sizes = [channels, height, width, rows, columns];
  if (g.dimsOf(x).length !== 4) throw new OnnxTrainError("only images, of 4 axes, are supported");
  if (!sizes.every((size) => typeof size === "number"))
    throw new OnnxTrainError(`channels and sizes must be known, they are [${sizes.join(", ")}]; set inputShapes`);
  const [c, h, w] = sizes as [number, number, number];
  const mode = getString(node, "mode", "linear");
  const padding = getString(node, "padding_mode", "zeros");
  if (!["linear", "bilinear", "nearest"].includes(mode)) throw new OnnxTrainError(`mode "${mode}" has no gradient`);
  if (padding === "reflection") throw new OnnxTrainError('padding_mode "reflection" has no gradient');

  const placeAlong = (values: string, size: number): Place => {
    const half = getInt(node, "align_corners", 0) ? (size - 1) / 2 : size / 2;
    const scaled = g.op("Mul", [g.op("Reshape", [values, g.ints([0, 1, -1])]), g.scalar(half, values)]);
    const exact = g.op("Add", [scaled, g.scalar((size - 1) / 2, scaled)]);
    const at = padding === "border" ? g.op("Clip", [exact, g.scalar(0, exact), g.scalar(size - 1, exact)]) : exact;
    if (mode === "nearest") return { size, low: g.op("Round", [at]), rest: undefined };
    const low = g.op("Floor", [at]);
    return { size, low, rest: g.op("Sub", [at, low]) };
  };
  const [across, down] = g.ops("Split", [grid, g.ints([1, 1])], { axis: 3 }, 2);
  const [horizontal, vertical] = [placeAlong(across!, w), placeAlong(down!, h)];
  const flat = g.op("Reshape", [x, g.ints([0, c, h * w])]);
  const steps = mode === "nearest" ? ([0] as const) : ([0, 1] as const);
  const parts = steps.flatMap((i) =>
    steps.map((j) => {
      const [row, column] = [tap(g, vertical, i), tap(g, horizontal, j)];
      const index = g.op("Add", [g.op("Mul", [row.index, g.index(w)]), column.index]);
      const values = g.op("GatherElements", [flat, g.op("Expand", [index, g.ints([1, c, 1])])], { axis: 2 });
      const factors = [row.weight, column.weight, row.inside, column.inside].filter((value) => value !== undefined);
      return g.op("Mul", [values, factors.reduce((a, b) => g.op("Mul", [a, b]))]);
    }),
  );
  const sum = parts.length === 1 ? parts[0]! : g.op("Sum", parts);
  return [g.op("Reshape", [sum, g.ints([0, c, rows as number, columns as number])])];
};

export const samplingDecompositions: Decompositions = { GridSample: gridSample };
