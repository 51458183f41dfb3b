/** Gradients of layer norm and of batch norm with batch statistics. */
import { getFloat, getInt } from "@idinit/onnx";
import { countAlong, range, reduce, reshapeTo, sumTo } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import { channelProducts, channelSums } from "./blocked.js";
import { frozenBatchNorm } from "./frozen-batch-norm.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** dx = r (g - mean(g) - x^ mean(g x^)) with g = dy scale, x^ = (x - mean) r, from the node's own statistics. */
const layerNorm: GradientRule = ({ g, dy, node, needs }) => {
  const [x, scale, bias] = node.inputs as [string, string, string | undefined];
  const [, mean, inverse] = node.outputs;
  const rank = g.dimsOf(x).length;
  const axis = axisOf(getInt(node, "axis", -1), rank);
  const inner = range(rank).slice(axis);
  const outer = range(axis);
  const normal = g.op("Mul", [g.op("Sub", [x, mean]), inverse]);
  const dx = () => {
    const scaled = g.op("Mul", [dy, scale]);
    const along = reduce(g, "ReduceMean", g.op("Mul", [scaled, normal]), inner, 1);
    const centred = g.op("Sub", [scaled, reduce(g, "ReduceMean", scaled, inner, 1)]);
    return g.op("Mul", [g.op("Sub", [centred, g.op("Mul", [normal, along])]), inverse]);
  };
  const summed = (value: string, vector: string) => {
    const whole = reduce(g, "ReduceSum", value, outer, 0);
    const dims = g.dimsOf(vector);
    // Scale and bias may be smaller than what is normalized, and are then stretched.
    return dims.length < inner.length || dims.includes(1) ? sumTo(g, whole, vector) : whole;
  };
  return [
    needs(0) ? dx() : undefined,
    needs(1) ? summed(g.op("Mul", [dy, normal]), scale) : undefined,
    bias && needs(2) ? summed(dy, bias) : undefined,
  ];
};

/** A per-channel vector beside values of `rank` axes. */
const perChannel = (g: TrainingGraph, vector: string, rank: number) =>
  reshapeTo(g, vector, [g.dimsOf(vector)[0]!, ...new Array<number>(rank - 2).fill(1)]);

/** a x + b per channel in one pass: what batch norm is in inference mode. */
function affine(g: TrainingGraph, x: string, a: string, b: string): string {
  const channels = g.dimsOf(a)[0];
  if (typeof channels !== "number") throw new OnnxTrainError("the number of channels must be known");
  const zeros = g.floats([channels], new Float32Array(channels));
  const ones = g.floats([channels], new Float32Array(channels).fill(1));
  return g.op("BatchNormalization", [x, a, b, zeros, ones], { epsilon: { type: "float", value: 0 } });
}

/**
 * With batch mean m, inverse deviation r and n values per channel:
 * dshift = sum(dy), dscale = r sum(dy (x - m)), dx = scale r (dy - dshift / n - (x - m) r dscale / n).
 * The last is written as a dy + b x + c with vectors a, b, c, so that whole activations are touched few times.
 */
const batchNorm: GradientRule = (call) => {
  const { g, dy, node, needs } = call;
  const [x, scale] = node.inputs as [string, string];
  const [, mean, variance] = node.outputs as [string, string, string];
  const rank = g.dimsOf(x).length;
  const axes = range(rank).filter((i) => i !== 1);
  const epsilon = g.scalar(getFloat(node, "epsilon", 1e-5), scale);
  const inverse = g.op("Reciprocal", [g.op("Sqrt", [g.op("Add", [variance, epsilon])])]);
  const centred = g.op("Sub", [x, perChannel(g, mean, rank)]);
  const shift = channelSums(call, dy);
  const along = channelProducts(call, dy, centred);
  const dscale = g.op("Mul", [along, inverse]);
  const dx = () => {
    const count = countAlong(g, x, axes);
    const a = g.op("Mul", [scale, inverse]);
    const b = g.op("Neg", [g.op("Div", [g.op("Mul", [g.op("Mul", [a, inverse]), dscale]), count])]);
    const c = g.op("Neg", [g.op("Div", [g.op("Mul", [a, shift]), count])]);
    const line = affine(g, dy, a, c);
    return g.op("Add", [line, g.op("Mul", [centred, perChannel(g, b, rank)])]);
  };
  return [needs(0) ? dx() : undefined, needs(1) ? dscale : undefined, needs(2) ? shift : undefined];
};

export const normalizationGradients: GradientRules = {
  LayerNormalization: layerNorm,
  BatchNormalization: (call) => (call.node.outputs.length > 1 ? batchNorm : frozenBatchNorm)(call),
};
