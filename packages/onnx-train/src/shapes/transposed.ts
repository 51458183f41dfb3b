/** Geometry of ConvTranspose: output sizes and pads, whichever of them the node says. */
import { getInt, getInts, getString, type OnnxNode } from "@idinit/onnx";
import type { Dim } from "./dims.js";
import type { InferRule } from "./facts.js";

export interface TransposedWindow {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then after each axis. */
  readonly pads: readonly number[];
  readonly output: readonly (number | undefined)[];
}

/** The window of a ConvTranspose node over inputs of spatial sizes `input`; pads follow from `output_shape` and `auto_pad`. */
export function transposedWindowOf(node: OnnxNode, input: readonly Dim[], kernel: readonly number[]): TransposedWindow {
  const rank = kernel.length;
  const ints = (name: string, fallback: number, count = rank) =>
    getInts(node, name) ?? new Array<number>(count).fill(fallback);
  const [strides, dilations, extra] = [ints("strides", 1), ints("dilations", 1), ints("output_padding", 0)];
  const pads = [...ints("pads", 0, 2 * rank)];
  const mode = getString(node, "auto_pad", "NOTSET");
  if (mode === "VALID") pads.fill(0);
  const asked = getInts(node, "output_shape")?.slice(-rank);
  const output = kernel.map((k, i) => {
    const size = input[i];
    if (typeof size !== "number") return undefined;
    const full = strides[i]! * (size - 1) + extra[i]! + (k - 1) * dilations[i]! + 1;
    const wanted = asked?.[i] ?? (mode.startsWith("SAME") ? size * strides[i]! : undefined);
    if (wanted === undefined) return full - pads[i]! - pads[i + rank]!;
    const total = Math.max(0, full - wanted);
    const less = Math.floor(total / 2);
    // What is left over goes to the end with SAME_UPPER, to the beginning otherwise.
    pads[i] = mode === "SAME_UPPER" ? less : total - less;
    pads[i + rank] = total - pads[i]!;
    return wanted;
  });
  return { strides, dilations, pads, output };
}

export const convTranspose: InferRule = (c) => {
  const x = c.input(0)?.dims;
  const w = c.input(1)?.dims;
  const type = c.input(0)?.type;
  if (!x || !w?.slice(2).every((d) => typeof d === "number")) return [{ type }];
  const { output } = transposedWindowOf(c.node, x.slice(2), w.slice(2) as number[]);
  const channels = w[1]!;
  const filters = typeof channels === "number" ? channels * getInt(c.node, "group", 1) : c.fresh(1);
  return [{ type, dims: [x[0]!, filters, ...output.map((size, i) => size ?? c.fresh(i + 2))] }];
};
