/** Gradients of Conv in one, two or three spatial dimensions, with strides, pads, dilations and groups. */
import { channelSums } from "./blocked.js";
import { convInputGradient } from "./conv-input.js";
import { convShape } from "./conv-shape.js";
import { convWeightGradient } from "./conv-weights.js";
import type { GradientRule, GradientRules } from "./rule.js";

const conv: GradientRule = (call) => {
  const { dy, needs, node } = call;
  const shape = convShape(call);
  return [
    needs(0) ? convInputGradient(call, shape) : undefined,
    needs(1) ? convWeightGradient(call, shape) : undefined,
    node.inputs[2] && needs(2) ? channelSums(call, dy) : undefined,
  ];
};

export const convGradients: GradientRules = { Conv: conv };
