/** Gradients of ConvTranspose: its input's is a convolution of dY, its weights' that of the convolution dY -> X. */
import { getInt } from "@idinit/onnx";
import { sumPerChannel } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { transposedWindowOf } from "../shapes/transposed.js";
import type { ConvShape } from "./conv-shape.js";
import { convWeightGradient } from "./conv-weights.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";

/** The convolution whose gradient by the input this node is: from the node's output to its input. */
function mirrored({ g, node }: GradientCall): ConvShape {
  const x = g.dimsOf(node.inputs[0]!);
  const w = g.dimsOf(node.inputs[1]!);
  if ([...x.slice(1), ...w].some((d) => typeof d !== "number"))
    throw new OnnxTrainError(`channels and sizes must be known, got input [${x.join(", ")}]; set inputShapes`);
  const group = getInt(node, "group", 1);
  const kernel = w.slice(2) as number[];
  const window = transposedWindowOf(node, x.slice(2), kernel);
  const { strides, dilations } = window;
  const rank = kernel.length;
  const [input, output] = [window.output as number[], x.slice(2) as number[]];
  // Zeros that output_padding appends are reached by no window: the end padding is what the windows cover, less the rest.
  const end = kernel.map(
    (k, i) => (output[i]! - 1) * strides[i]! + (k - 1) * dilations[i]! + 1 - input[i]! - window.pads[i]!,
  );
  return {
    group,
    channels: (w[1] as number) * group,
    filters: w[0] as number,
    input,
    output,
    kernel,
    strides,
    dilations,
    pads: [...window.pads.slice(0, rank), ...end.map((p) => Math.max(p, 0))],
  };
}

const convTranspose: GradientRule = (call) => {
  const { g, dy, needs, node } = call;
  const [x, w, bias] = node.inputs as [string, string, string | undefined];
  const shape = mirrored(call);
  const { group, kernel, strides, dilations, pads } = shape;
  const dw = () => convWeightGradient({ ...call, dy: x, node: { ...node, inputs: [dy, w] } }, shape);
  return [
    needs(0) ? g.op("Conv", [dy, w], { group, kernel_shape: kernel, strides, dilations, pads }) : undefined,
    needs(1) ? dw() : undefined,
    bias && needs(2) ? sumPerChannel(g, dy) : undefined,
  ];
};

export const convTransposeGradients: GradientRules = { ConvTranspose: convTranspose };
