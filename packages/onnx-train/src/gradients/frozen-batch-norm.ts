/** Gradient of batch norm with running statistics. */
import { getFloat } from "@idinit/onnx";
import { range, reshapeTo, sumPerChannel } from "../compose.js";
import type { GradientRule } from "./rule.js";

/** With running mean m and inverse deviation r: dx = dy scale r, dscale = r sum(dy (x - m)), dshift = sum(dy). */
export const frozenBatchNorm: GradientRule = ({ g, dy, node, needs }) => {
  const [x, scale, , mean, variance] = node.inputs as [string, string, string, string, string];
  const axes = range(g.dimsOf(x).length - 2);
  const perChannel = (vector: string) => reshapeTo(g, vector, [g.dimsOf(vector)[0]!, ...axes.map(() => 1)]);
  const epsilon = g.scalar(getFloat(node, "epsilon", 1e-5), scale);
  const inverse = g.op("Reciprocal", [g.op("Sqrt", [g.op("Add", [variance, epsilon])])]);
  const along = () => sumPerChannel(g, g.op("Mul", [dy, g.op("Sub", [x, perChannel(mean)])]));
  return [
    needs(0) ? g.op("Mul", [dy, perChannel(g.op("Mul", [scale, inverse]))]) : undefined,
    needs(1) ? g.op("Mul", [along(), inverse]) : undefined,
    needs(2) ? sumPerChannel(g, dy) : undefined,
  ];
};
