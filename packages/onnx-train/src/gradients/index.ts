/** All gradient rules by operator, and the operators that end a gradient. */
import { arithmeticGradients } from "./arithmetic.js";
import { convGradients } from "./conv.js";
import { gatherGradients } from "./gather.js";
import { layoutGradients } from "./layout.js";
import { matMulGradients } from "./matmul.js";
import { normalizationGradients } from "./normalization.js";
import { poolGradients } from "./pool.js";
import { reductionGradients } from "./reductions.js";
import type { GradientRules } from "./rule.js";
import { softmaxGradients } from "./softmax.js";
import { unaryGradients } from "./unary.js";

export const gradientRules: GradientRules = {
  ...arithmeticGradients,
  ...unaryGradients,
  ...softmaxGradients,
  ...matMulGradients,
  ...convGradients,
  ...poolGradients,
  ...normalizationGradients,
  ...reductionGradients,
  ...layoutGradients,
  ...gatherGradients,
};

/** Operators whose result does not change with small changes of the input, or is no float: gradients end here. */
export const stopsGradient: ReadonlySet<string> = new Set([
  "Shape",
  "Size",
  "ConstantOfShape",
  "Range",
  "NonZero",
  "ArgMax",
  "ArgMin",
  "OneHot",
  "EyeLike",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "Not",
  "And",
  "Or",
  "Xor",
  "IsNaN",
  "IsInf",
  "Sign",
  "Floor",
  "Ceil",
  "Round",
]);

/** Inputs that a rule never differentiates: indices, shapes, masks, bounds, running statistics. */
export const constantInputs: Readonly<Record<string, readonly number[]>> = {
  Pow: [1],
  Where: [0],
  Clip: [1, 2],
  Expand: [1],
  Reshape: [1],
  Squeeze: [1],
  Unsqueeze: [1],
  Split: [1],
  Slice: [1, 2, 3, 4],
  Pad: [1, 2, 3],
  Gather: [1],
  ReduceSum: [1],
  ReduceMean: [1],
  BatchNormalization: [3, 4],
};
