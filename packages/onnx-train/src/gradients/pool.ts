/** Gradients of pooling. */
import { getInt } from "@idinit/onnx";
import { range, reshapeLike, shapeOf } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { kernelOf } from "../shapes/linear.js";
import { type Window, windowOf } from "../shapes/window.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";
import { transposedWindow } from "./transposed-window.js";

function poolWindow({ g, node }: GradientCall): Window & { input: number[]; output: number[] } {
  const input = g.dimsOf(node.inputs[0]!).slice(2);
  if (input.some((d) => typeof d !== "number"))
    throw new OnnxTrainError(`sizes must be known, got [${input.join(", ")}]; set inputShapes`);
  const window = windowOf(node, input, kernelOf(node))!;
  return { ...window, input: input as number[], output: window.output as number[] };
}

/** Every gradient goes to the position the forward pass took its maximum from (the second output). */
const maxPool: GradientRule = ({ g, dy, node, needs }) => {
  if (!needs(0)) return [undefined];
  if (getInt(node, "storage_order", 0) !== 0) throw new OnnxTrainError("storage_order 1 has no gradient");
  const x = node.inputs[0]!;
  const flat = g.op("Expand", [g.scalar(0, dy), g.op("Reshape", [g.op("Size", [x]), g.ints([1])])]);
  const at = g.op("Reshape", [node.outputs[1], g.ints([-1])]);
  const values = g.op("Reshape", [dy, g.ints([-1])]);
  const summed = g.op("ScatterElements", [flat, at, values], { axis: 0, reduction: "add" });
  return [g.op("Reshape", [summed, shapeOf(g, x)])];
};

/** How many elements each window averages: a constant map where padding is left out, else the kernel's volume. */
function divisors(call: GradientCall, window: ReturnType<typeof poolWindow>): Float32Array {
  const { kernel, strides, dilations, pads, input, output } = window;
  const rank = kernel.length;
  const withPadding = getInt(call.node, "count_include_pad", 0) === 1;
  const along = range(rank).map((axis) =>
    range(output[axis]!).map((at) => {
      const start = at * strides[axis]! - pads[axis]!;
      const [low, high] = withPadding ? [-pads[axis]!, input[axis]! + pads[axis + rank]!] : [0, input[axis]!];
      return range(kernel[axis]!).filter((k) => {
        const position = start + k * dilations[axis]!;
        return position >= low && position < high;
      }).length;
    }),
  );
  const combine = (rest: readonly number[][]): number[] =>
    rest.length === 0 ? [1] : rest[0]!.flatMap((n) => combine(rest.slice(1)).map((m) => n * m));
  return Float32Array.from(combine(along));
}

const averagePool: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  if (!needs(0)) return [undefined];
  const window = poolWindow(call);
  const { kernel, input, output } = window;
  const counts = divisors(call, window);
  const even = counts.every((n) => n === counts[0]);
  const share = g.op("Div", [dy, even ? g.scalar(counts[0]!, dy) : g.floats([1, 1, ...output], counts)]);
  const planes = g.op("Reshape", [share, g.ints([-1, 1, ...output])]);
  const ones = g.floats([1, 1, ...kernel], new Float32Array(kernel.reduce((a, b) => a * b, 1)).fill(1));
  const spread = g.op("ConvTranspose", [planes, ones], transposedWindow({ ...window, input, output }));
  return [reshapeLike(g, spread, node.inputs[0]!)];
};

export const poolGradients: GradientRules = {
  MaxPool: maxPool,
  AveragePool: averagePool,
};
