/** Gradient of Pad in all its modes. */
import { getString } from "@idinit/onnx";
import { range } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf } from "../shapes/dims.js";
import { type Taps, transposedAlong } from "./along-axis.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";

interface AxisPad {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

function padsOf({ g, node }: GradientCall): AxisPad[] {
  const rank = g.dimsOf(node.inputs[0]!).length;
  const pads = g.numbers(node.inputs[1]);
  const axes = node.inputs[3] ? g.numbers(node.inputs[3]) : range(rank);
  if (!pads || !axes) throw new OnnxTrainError("pads and axes must be constant");
  return axes
    .map((axis, k) => ({ axis: axisOf(axis, rank), before: pads[k]!, after: pads[k + axes.length]! }))
    .filter(({ before, after }) => before !== 0 || after !== 0);
}

/** What was added is cut off; what a negative pad has cut off gets zeros. */
function constant({ g, dy, node }: GradientCall, pads: readonly AxisPad[]): string {
  const added = pads.filter(({ before, after }) => before > 0 || after > 0);
  const cut = pads.filter(({ before, after }) => before < 0 || after < 0);
  let gradient = dy;
  if (added.length > 0) {
    const starts = added.map(({ before }) => Math.max(before, 0));
    const ends = added.map(({ after }) => (after > 0 ? -after : 2 ** 31 - 1));
    gradient = g.op("Slice", [gradient, g.ints(starts), g.ints(ends), g.ints(added.map(({ axis }) => axis))]);
  }
  if (cut.length > 0) {
    const rank = g.dimsOf(node.inputs[0]!).length;
    const zeros = new Array<number>(2 * rank).fill(0);
    for (const { axis, before, after } of cut) {
      zeros[axis] = Math.max(-before, 0);
      zeros[axis + rank] = Math.max(-after, 0);
    }
    gradient = g.op("Pad", [gradient, g.ints(zeros)]);
  }
  return gradient;
}

/** The input position that stands at a position (from 0 at the input's first) outside or inside. */
const SOURCES: Readonly<Record<string, (at: number, size: number) => number>> = {
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  wrap: (at, size) => ((at % size) + size) % size,
  reflect: (at, size) => {
    const period = Math.max(1, 2 * (size - 1));
    const folded = ((at % period) + period) % period;
    return folded < size ? folded : period - folded;
  },
};

const pad: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  if (!needs(0)) return [undefined];
  const mode = getString(node, "mode", "constant");
  const pads = padsOf(call);
  if (pads.length === 0) return [dy];
  if (mode === "constant") return [constant(call, pads)];
  const source = SOURCES[mode];
  if (!source) throw new OnnxTrainError(`mode "${mode}" has no gradient`);
  const dims = g.dimsOf(node.inputs[0]!);
  let gradient = dy;
  for (const { axis, before, after } of pads) {
    const size = dims[axis]!;
    if (typeof size !== "number") throw new OnnxTrainError(`axis ${axis} has the open size "${size}"; set inputShapes`);
    const taps = range(size + before + after).map((at): Taps => [[source(at - before, size), 1]]);
    gradient = transposedAlong(g, gradient, axis, taps, size);
  }
  return [gradient];
};

export const padGradients: GradientRules = { Pad: pad };
