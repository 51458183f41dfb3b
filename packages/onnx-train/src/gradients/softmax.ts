/** Gradients of Softmax and LogSoftmax along one axis. */
import { getInt } from "@idinit/onnx";
import { reduce } from "../compose.js";
import { axisOf } from "../shapes/dims.js";
import type { GradientCall, GradientRules } from "./rule.js";

const axisFor = ({ g, node }: GradientCall) => axisOf(getInt(node, "axis", -1), g.dimsOf(node.outputs[0]!).length);

export const softmaxGradients: GradientRules = {
  /** dx = y (dy - sum(dy y)). */
  Softmax: (call) => {
    const { g, dy, node } = call;
    const y = node.outputs[0]!;
    const total = reduce(g, "ReduceSum", g.op("Mul", [dy, y]), [axisFor(call)], 1);
    return [g.op("Mul", [y, g.op("Sub", [dy, total])])];
  },
  /** dx = dy - exp(y) sum(dy). */
  LogSoftmax: (call) => {
    const { g, dy, node } = call;
    const total = reduce(g, "ReduceSum", dy, [axisFor(call)], 1);
    return [g.op("Sub", [dy, g.op("Mul", [g.op("Exp", [node.outputs[0]]), total])])];
  },
};
