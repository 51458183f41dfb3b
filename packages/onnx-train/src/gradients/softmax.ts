/** Gradients of Softmax and LogSoftmax along one axis. */
import { getInt } from "@idinit/onnx";
import { reduce } from "../compose.js";
import { axisOf } from "../shapes/dims.js";
import type { GradientCall, GradientRules } from "./rule.js";

const axisFor = ({ g, node }: GradientCall) => axisOf(getInt(node, "axis", -1), g.dimsOf(node.outputs[0]!).length);

export const softmaxGradients: GradientRules = {
  /** dx = y (dy - sum(dy y)). */
  Softmax: (call) => {
    const { g, dy, node, rowSums } = call;
    const y = node.outputs[0]!;
    const axis = axisFor(call);
    // In attention y is multiplied by the values, and what comes of that is narrower than y.
    const narrower = axis === g.dimsOf(y).length - 1 ? rowSums.get(dy) : undefined;
    const factors = narrower?.of === y ? narrower.factors : [dy, y];
    const total = reduce(g, "ReduceSum", g.op("Mul", factors), [axis], 1);
    return [g.op("Mul", [y, g.op("Sub", [dy, total])])];
  },
  /** dx = dy - exp(y) sum(dy). */
  LogSoftmax: (call) => {
    const { g, dy, node } = call;
    const total = reduce(g, "ReduceSum", dy, [axisFor(call)], 1);
    return [g.op("Sub", [dy, g.op("Mul", [g.op("Exp", [node.outputs[0]]), total])])];
  },
};
