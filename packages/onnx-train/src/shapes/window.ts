/** Geometry of convolution and pooling windows: the one place that knows strides, pads, dilations and auto_pad. */
import { getInt, getInts, getString, type OnnxNode } from "@idinit/onnx";
import type { Dim } from "./dims.js";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then after each axis. */
  readonly pads: readonly number[];
  /** Output sizes; a name where the input size is not a number. */
  readonly output: readonly (number | undefined)[];
}

/**
 * The window of a Conv or pooling node over inputs of spatial sizes `input`. Pads are explicit, also where the node
 * says SAME_UPPER, SAME_LOWER or VALID; `undefined` where those need a size that is not known.
 */
export function windowOf(node: OnnxNode, input: readonly Dim[], kernel: readonly number[]): Window | undefined {
  const rank = kernel.length;
  const strides = getInts(node, "strides") ?? new Array<number>(rank).fill(1);
  const dilations = getInts(node, "dilations") ?? new Array<number>(rank).fill(1);
  const pads = [...(getInts(node, "pads") ?? new Array<number>(2 * rank).fill(0))];
  const mode = getString(node, "auto_pad", "NOTSET");
  if (mode === "VALID") pads.fill(0);
  if (mode.startsWith("SAME")) {
    for (let i = 0; i < rank; i++) {
      const size = input[i];
      const extent = (kernel[i]! - 1) * dilations[i]! + 1;
      // With stride 1 the pads do not depend on the size.
      if (typeof size !== "number" && strides[i] !== 1) return undefined;
      const steps = typeof size === "number" ? Math.ceil(size / strides[i]!) : 0;
      const total = typeof size === "number" ? Math.max(0, (steps - 1) * strides[i]! + extent - size) : extent - 1;
      const less = Math.floor(total / 2);
      pads[i] = mode === "SAME_LOWER" ? total - less : less;
      pads[i + rank] = total - pads[i]!;
    }
  }
  const round = getInt(node, "ceil_mode", 0) ? Math.ceil : Math.floor;
  const output = kernel.map((k, i) => {
    const size = input[i];
    if (typeof size !== "number") return undefined;
    const padded = size + pads[i]! + pads[i + rank]!;
    let steps = round((padded - ((k - 1) * dilations[i]! + 1)) / strides[i]!) + 1;
    // A window must not start in the padding after the input.
    if (round === Math.ceil && (steps - 1) * strides[i]! >= size + pads[i]!) steps--;
    return steps;
  });
  return { kernel, strides, dilations, pads, output };
}
