/** Resize: sizes, and which input positions each output position is made of. */
import { getFloat, getInt, getInts, getString, type OnnxNode } from "@idinit/onnx";
import { axisOf, type Dim } from "./dims.js";
import type { Facts, InferContext, InferRule } from "./facts.js";

export interface ResizedAxis {
  readonly axis: number;
  /** Output size over input size, as the node says it. */
  readonly scale: number | undefined;
  readonly output: Dim | undefined;
}

interface Sizes {
  readonly node: OnnxNode;
  /** Numbers of the `scales` input, where constant. */
  readonly scales: readonly number[] | undefined;
  readonly sizes: readonly Dim[] | undefined;
}

/** Every axis that the node lists, with its scale or its size; `undefined` where these are not constant. */
export function resizedAxes({ node, scales, sizes }: Sizes, dims: readonly Dim[]): ResizedAxis[] | undefined {
  const axes = (getInts(node, "axes") ?? dims.map((_, i) => i)).map((axis) => axisOf(axis, dims.length));
  if (sizes?.length === axes.length)
    return axes.map((axis, k) => {
      const [input, output] = [dims[axis]!, sizes[k]!];
      const known = typeof input === "number" && typeof output === "number";
      return { axis, scale: known ? output / input : input === output ? 1 : undefined, output };
    });
  if (scales?.length !== axes.length) return undefined;
  return axes.map((axis, k) => {
    const input = dims[axis]!;
    const scale = scales[k]!;
    const output = scale === 1 ? input : typeof input === "number" ? Math.floor(Math.fround(input * scale)) : undefined;
    return { axis, scale, output };
  });
}

/** onnxruntime computes positions in float32, which decides where a position falls between two elements. */
const f = Math.fround;

type Transform = (at: number, scale: number, input: number, output: number) => number;

/** Where an output position lies in the input. */
const TRANSFORMS: Readonly<Record<string, Transform>> = {
  half_pixel: (at, scale) => f(f((at + 0.5) / scale) - 0.5),
  pytorch_half_pixel: (at, scale, _input, output) => (output > 1 ? f(f((at + 0.5) / scale) - 0.5) : 0),
  half_pixel_symmetric: (at, scale, input, output) => {
    const adjustment = f(output / f(scale * input));
    return f(f((input / 2) * f(1 - adjustment)) + f(f((at + 0.5) / scale) - 0.5));
  },
  align_corners: (at, _scale, input, output) => (output === 1 ? 0 : f(f(at * (input - 1)) / (output - 1))),
  asymmetric: (at, scale) => f(at / scale),
};

/** The rounding of a position to an element. */
const ROUNDINGS: Readonly<Record<string, (at: number) => number>> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Weights of the four neighbours of a position `t` after the second. */
function cubicWeights(t: number, a: number): number[] {
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

/** Elements and weights of every output position along one axis; a sentence where the mode is not known. */
export function resizeTaps(
  node: OnnxNode,
  input: number,
  output: number,
  scale: number,
): (readonly [number, number])[][] | string {
  const mode = getString(node, "mode", "nearest");
  const transformation = getString(node, "coordinate_transformation_mode", "half_pixel");
  const transform = TRANSFORMS[transformation];
  if (!transform) return `coordinate_transformation_mode "${transformation}" has no gradient`;
  if (getInt(node, "antialias", 0)) return "antialias has no gradient";
  if (getString(node, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    return "keep_aspect_ratio_policy has no gradient";
  const inside = (at: number) => Math.min(Math.max(at, 0), input - 1);
  const round = ROUNDINGS[getString(node, "nearest_mode", "round_prefer_floor")];
  const exclude = getInt(node, "exclude_outside", 0) === 1;
  const slope = getFloat(node, "cubic_coeff_a", -0.75);
  return Array.from({ length: output }, (_, i) => {
    const at = transform(i, scale, input, output);
    if (mode === "nearest") return [[inside(round!(at)), 1] as const];
    if (mode === "linear") {
      const held = inside(at);
      const low = Math.floor(held);
      return [[low, 1 - (held - low)] as const, [inside(low + 1), held - low] as const];
    }
    const low = Math.floor(at);
    const taps = cubicWeights(at - low, slope).map((weight, k) => [low - 1 + k, weight] as const);
    const used = exclude ? taps.filter(([from]) => from >= 0 && from < input) : taps;
    const total = exclude ? used.reduce((sum, [, weight]) => sum + weight, 0) : 1;
    return used.map(([from, weight]) => [inside(from), weight / total] as const);
  });
}

export const resize: InferRule = (c: InferContext): Facts[] => {
  const x = c.input(0)!;
  if (!x.dims) return [{ type: x.type }];
  const axes = resizedAxes({ node: c.node, scales: c.numbers(2), sizes: c.input(3)?.elements }, x.dims);
  if (!axes) return [{ type: x.type, dims: x.dims.map((_, i) => c.fresh(i)) }];
  const dims = [...x.dims];
  for (const { axis, output } of axes) dims[axis] = output ?? c.fresh(axis);
  return [{ type: x.type, dims }];
};
