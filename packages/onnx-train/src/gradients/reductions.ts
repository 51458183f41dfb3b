/** Gradients of sums and means along axes. */
import { countAlong, expandLike, reshapeTo } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { reducedAxes } from "../shapes/reduce.js";
import type { GradientCall, GradientRules } from "./rule.js";

function spread({ g, node, dy }: GradientCall, mean: boolean): string {
  const x = node.inputs[0]!;
  const dims = g.dimsOf(x);
  const axes = reducedAxes({ node, numbers: (i) => g.numbers(node.inputs[i]) }, dims.length);
  if (!axes) throw new OnnxTrainError("the axes must be constant");
  const share = mean ? g.op("Div", [dy, countAlong(g, x, axes)]) : dy;
  const kept = dims.map((d, i) => (axes.includes(i) ? 1 : d));
  const open = kept.filter((d) => typeof d !== "number").length;
  // Several open sizes cannot be written as a constant shape; putting the reduced axes back can.
  const sorted = [...axes].sort((p, q) => p - q);
  const rank = g.dimsOf(share).length;
  const column =
    rank === dims.length ? share : open > 1 ? g.op("Unsqueeze", [share, g.ints(sorted)]) : reshapeTo(g, share, kept);
  return expandLike(g, column, x);
}

export const reductionGradients: GradientRules = {
  ReduceSum: (call) => [call.needs(0) ? spread(call, false) : undefined],
  ReduceMean: (call) => [call.needs(0) ? spread(call, true) : undefined],
};
