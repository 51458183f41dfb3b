/** Losses that a model computes itself. */
import { c, each, floats, indices, of, p } from "./case.js";

/** -9 is ignored where a case says so. */
const labels = indices([4], 2, 0, -9, 1);

export const lossCases = [
  ...each(["SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"], () => [
    c("mean", [p(3, 4), indices([3], 3, 0, 1)]),
    c("weights and ignored", [p(4, 3), labels, floats([3], 0.5, 2, 1)], { ignore_index: -9 }),
    c("sum over places", [p(2, 3, 2), indices([2, 2], 0, 2, 1, 1)], { reduction: "sum" }),
    c("each, int32", [p(3, 4), { ints: [3, 0, 1], dims: [3], int32: true }], { reduction: "none" }),
  ]),
  ...of(
    "SoftmaxCrossEntropyLoss",
    c("with the logarithms", [p(3, 4), indices([3], 3, 0, 1)], { reduction: "none" }, { outputs: 2 }),
  ),
];
