/** Dropout by masks that are a function of the step's seed alone: the same seed gives the same mask on every runtime. */
import { DataType, tensorNumbers } from "@idinit/onnx";
import { shapeOf } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, DecompositionCall, Decompositions } from "./decomposition.js";

/** The golden ratio as a 32-bit fraction: places become numbers without a pattern. */
const GOLDEN = 0x9e3779b1;

const add = (g: TrainingGraph, a: string, b: string) => g.op("Add", [a, b]);
const square = (g: TrainingGraph, x: string) => g.op("Mul", [x, x]);

/** The upper and lower halves change places. */
function swapped(g: TrainingGraph, x: string): string {
  const shift = (direction: string) => g.op("BitShift", [x, g.uint32(16)], { direction });
  return add(g, shift("RIGHT"), shift("LEFT"));
}

/**
 * 32 random bits for each of the counted elements, a hash of place and seed by squares of a Weyl sequence, in whole
 * numbers modulo 2^32: B. Widynski, "Squares: A Fast Counter-Based RNG", arXiv:2004.06278, with 32-bit words and three squares.
 */
function randomBits(g: TrainingGraph, count: string, seed: string): string {
  const place = g.op("Cast", [g.op("Range", [g.index(0), count, g.index(1)])], { to: DataType.uint32 });
  const y = add(g, g.op("Mul", [place, g.uint32(GOLDEN)]), seed);
  const once = swapped(g, add(g, square(g, y), y));
  const twice = swapped(g, add(g, square(g, once), seed));
  return add(g, square(g, twice), y);
}

function ratioOf({ g, node }: DecompositionCall): number {
  const name = node.inputs[1];
  if (!name) return 0.5;
  const stored = g.constantOf(name);
  const ratio = stored && tensorNumbers(stored)[0];
  if (ratio === undefined) throw new OnnxTrainError("the ratio must be constant");
  if (!(ratio >= 0 && ratio < 1)) throw new OnnxTrainError(`the ratio must be from 0 to below 1, got ${ratio}`);
  return ratio;
}

/** y = x mask / (1 - ratio), the mask 0 with probability `ratio`. */
const dropout: Decomposition = (call) => {
  const { g, node } = call;
  const x = node.inputs[0]!;
  const ratio = ratioOf(call);
  const dims = g.dimsOf(x);
  if (ratio === 0) return [x, g.op("Expand", [g.op("Cast", [g.index(1)], { to: DataType.bool }), shapeOf(g, x)])];
  const fixed = dims.every((d) => typeof d === "number") ? (dims as number[]).reduce((a, b) => a * b, 1) : undefined;
  const bits = randomBits(g, fixed === undefined ? g.op("Size", [x]) : g.index(fixed), call.seed());
  const kept = g.op("GreaterOrEqual", [bits, g.uint32(Math.min(2 ** 32 - 1, Math.round(ratio * 2 ** 32)))]);
  const mask = g.op("Reshape", [kept, shapeOf(g, x)]);
  const factor = g.op("Mul", [
    g.op("Cast", [mask], { to: g.typeOf(x) ?? DataType.float }),
    g.scalar(1 / (1 - ratio), x),
  ]);
  return [g.op("Mul", [x, factor]), mask];
};

export const dropoutDecompositions: Decompositions = { Dropout: dropout };
