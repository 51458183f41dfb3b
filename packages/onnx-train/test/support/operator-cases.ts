/** Cases for every operator with a gradient. */
import { activationCases } from "./cases/activations.js";
import { attentionCases } from "./cases/attention.js";
import { p, scalar } from "./cases/case.js";
import { convCases } from "./cases/conv.js";
import { elementwiseCases } from "./cases/elementwise.js";
import { indexingCases } from "./cases/indexing.js";
import { layoutCases } from "./cases/layout.js";
import { linearCases } from "./cases/linear.js";
import { lossCases } from "./cases/losses.js";
import { normCases } from "./cases/norms.js";
import { poolingCases } from "./cases/pooling.js";
import { recurrentCases } from "./cases/recurrent.js";
import { reductionCases } from "./cases/reductions.js";
import { resizeCases } from "./cases/resize.js";
import { samplingCases } from "./cases/sampling.js";
import type { OperatorCase } from "./operator-model.js";

/** For comparisons of one graph with another; finite differences have fixed masks, in test/dropout.test.ts. */
export const dropoutCase: OperatorCase = { op: "Dropout", title: "one mask", operands: [p(16, 8), scalar(0.4)] };

export const operatorCases: readonly OperatorCase[] = [
  ...elementwiseCases,
  ...activationCases,
  ...linearCases,
  ...convCases,
  ...poolingCases,
  ...normCases,
  ...reductionCases,
  ...layoutCases,
  ...indexingCases,
  ...resizeCases,
  ...recurrentCases,
  ...attentionCases,
  ...lossCases,
  ...samplingCases,
];
