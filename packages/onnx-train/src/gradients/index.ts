/** All gradient rules by operator. */
import { activationGradients } from "./activations.js";
import { arithmeticGradients } from "./arithmetic.js";
import { convGradients } from "./conv.js";
import { convTransposeGradients } from "./conv-transpose.js";
import { cumulativeGradients } from "./cumulative.js";
import { elementGradients } from "./elements.js";
import { extremeGradients } from "./extremes.js";
import { gatherGradients } from "./gather.js";
import { globalPoolGradients } from "./global-pool.js";
import { layoutGradients } from "./layout.js";
import { matMulGradients } from "./matmul.js";
import { normalizationGradients } from "./normalization.js";
import { padGradients } from "./pad.js";
import { poolGradients } from "./pool.js";
import { rearrangeGradients } from "./rearrange.js";
import { reductionGradients } from "./reductions.js";
import { resizeGradients } from "./resize.js";
import type { GradientRules } from "./rule.js";
import { softmaxGradients } from "./softmax.js";
import { trigonometricGradients } from "./trigonometric.js";
import { unaryGradients } from "./unary.js";

export const gradientRules: GradientRules = {
  ...arithmeticGradients,
  ...unaryGradients,
  ...activationGradients,
  ...trigonometricGradients,
  ...extremeGradients,
  ...softmaxGradients,
  ...matMulGradients,
  ...convGradients,
  ...convTransposeGradients,
  ...poolGradients,
  ...globalPoolGradients,
  ...normalizationGradients,
  ...reductionGradients,
  ...cumulativeGradients,
  ...layoutGradients,
  ...padGradients,
  ...rearrangeGradients,
  ...resizeGradients,
  ...gatherGradients,
  ...elementGradients,
};
