/** Gradients of repeating and of moving blocks between space and depth. */
import { getInt, getString } from "@idinit/onnx";
import { reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** Copies add up: every repeated axis is split into copies and size, and summed over the copies. */
const tile: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  const dims = g.dimsOf(node.inputs[0]!);
  const repeats = g.numbers(node.inputs[1]);
  if (!repeats) throw new OnnxTrainError("the repeats must be constant");
  const shape: number[] = [];
  const copies: number[] = [];
  dims.forEach((size, i) => {
    if (repeats[i] !== 1) copies.push(shape.push(repeats[i]!) - 1);
    shape.push(typeof size === "number" ? size : -1);
  });
  if (shape.filter((d) => d < 0).length > 1)
    throw new OnnxTrainError(`several open sizes in [${dims.join(", ")}]; set batchSize or inputShapes`);
  if (copies.length === 0) return [dy];
  return [reduce(g, "ReduceSum", g.op("Reshape", [dy, g.ints(shape)]), copies, 0)];
};

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
