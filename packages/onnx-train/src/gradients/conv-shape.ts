/** The sizes that gradients of a convolution are made of. */
import { getInt } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { windowOf } from "../shapes/window.js";
import type { GradientCall } from "./rule.js";

/** Sizes of a Conv node, all but the batch known. */
export interface ConvShape {
  readonly group: number;
  readonly channels: number;
  readonly filters: number;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

export function convShape({ g, node }: Pick<GradientCall, "g" | "node">): ConvShape {
  const x = g.dimsOf(node.inputs[0]!);
  const w = g.dimsOf(node.inputs[1]!);
  const sizes = [...x.slice(1), ...w];
  if (sizes.some((d) => typeof d !== "number")) {
    throw new OnnxTrainError(`channels and sizes must be known, got input [${x.join(", ")}]; set inputShapes`);
  }
  const kernel = w.slice(2) as number[];
  const window = windowOf(node, x.slice(2), kernel)!;
  return {
    group: getInt(node, "group", 1),
    channels: x[1] as number,
    filters: w[0] as number,
    input: x.slice(2) as number[],
    output: window.output as number[],
    kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: window.pads,
  };
}
