/** Gradients of repeating and of moving blocks between space and depth. */
import { getInt, getString } from "@idinit/onnx";
import { reduce, shapeOf } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** Copies add up: every repeated axis is split into copies and size, and summed over the copies. */
const tile: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const [x, counts] = node.inputs as [string, string];
  const dims = g.dimsOf(x);
  const repeats = g.numbers(counts);
  if (!repeats || dims.filter((size) => typeof size !== "number").length > 1) return [openTile(g, dy, x, counts)];
  const shape: number[] = [];
  const copies: number[] = [];
  dims.forEach((size, i) => {
    if (repeats[i] !== 1) copies.push(shape.push(repeats[i]!) - 1);
    shape.push(typeof size === "number" ? size : -1);
  });
  if (copies.length === 0) return [dy];
  return [reduce(g, "ReduceSum", g.op("Reshape", [dy, g.ints(shape)]), copies, 0)];
};

/** As above with copies or sizes that only the run can tell. */
function openTile(g: TrainingGraph, dy: string, x: string, counts: string): string {
  const shape = shapeOf(g, x);
  const column = (vector: string) => g.op("Unsqueeze", [vector, g.ints([1])]);
  const pairs = g.op("Concat", [column(counts), column(shape)], { axis: 1 });
  const parts = g.op("Reshape", [dy, g.op("Reshape", [pairs, g.ints([-1])])]);
  const summed = reduce(
    g,
    "ReduceSum",
    parts,
    g.dimsOf(x).map((_, i) => 2 * i),
    0,
  );
  return g.op("Reshape", [summed, shape]);
}

/** The other way round; blocks of channels in the order column-row-depth take a detour. */
const depthToSpace: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const blocksize = getInt(node, "blocksize", 1);
  if (getString(node, "mode", "DCR") === "DCR") return [g.op("SpaceToDepth", [dy], { blocksize })];
  const [, channels, height, width] = g.dimsOf(node.inputs[0]!);
  if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number")
    throw new OnnxTrainError("channels and sizes must be known; set inputShapes");
  const outer = channels / blocksize ** 2;
  const split = g.op("Reshape", [dy, g.ints([-1, outer, height, blocksize, width, blocksize])]);
  const moved = g.op("Transpose", [split], { perm: [0, 1, 3, 5, 2, 4] });
  return [g.op("Reshape", [moved, g.ints([-1, channels, height, width])])];
};

const spaceToDepth: GradientRule = ({ g, dy, node, needs }) => [
  needs(0) ? g.op("DepthToSpace", [dy], { blocksize: getInt(node, "blocksize", 1), mode: "DCR" }) : undefined,
];

export const rearrangeGradients: GradientRules = {
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
