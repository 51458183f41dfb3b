/** Gradient of Gather, which is also the embedding lookup. */
import { DataType, getInt } from "@idinit/onnx";
import { reshapeTo, shapeOf, zerosLike } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf, type Dim, product } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** Rows of the gradient are added to where they were taken from; other axes are moved to the front and back. */
const gather: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const [data, indices] = node.inputs as [string, string];
  const dims = g.dimsOf(data);
  const axis = axisOf(getInt(node, "axis", 0), dims.length);
  const indexDims = g.dimsOf(indices);
  const rank = indexDims.length;
  const picked = g.dimsOf(dy);
  const other = dims.filter((_, i) => i !== axis);
  const front = [
    ...indexDims.map((_, i) => axis + i),
    ...picked.map((_, i) => i).filter((i) => i < axis || i >= axis + rank),
  ];
  const moved = axis === 0 ? dy : g.op("Transpose", [dy], { perm: front });
  const rows = asRows(g, moved, indexDims, other);
  const wide = g.typeOf(indices) === DataType.int64 ? indices : g.op("Cast", [indices], { to: DataType.int64 });
  const column = g.op("Reshape", [wide, g.ints([-1, 1])]);
  if (axis === 0) return [g.op("ScatterND", [zerosLike(g, data), column, rows], { reduction: "add" })];
  const order = [axis, ...dims.map((_, i) => i).filter((i) => i !== axis)];
  const empty = g.op("Transpose", [g.op("Expand", [g.scalar(0, data), shapeOf(g, data)])], { perm: order });
  const summed = g.op("ScatterND", [empty, column, rows], { reduction: "add" });
  return [g.op("Transpose", [summed], { perm: order.map((_, i) => order.indexOf(i)) })];
};

/** The axes of the indices as one. */
function asRows(g: TrainingGraph, x: string, indexDims: readonly Dim[], other: readonly Dim[]): string {
  if (indexDims.length === 1) return x;
  if (indexDims.length === 0) return g.op("Unsqueeze", [x, g.ints([0])]);
  const shape = [product(indexDims), ...other];
  if (shape.filter((d) => typeof d !== "number").length > 1)
    throw new OnnxTrainError(`several open sizes in [${shape.join(", ")}]; set batchSize or inputShapes`);
  return reshapeTo(g, x, shape);
}

export const gatherGradients: GradientRules = { Gather: gather };
