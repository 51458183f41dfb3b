/** Norms. */
import type { Operand } from "../operator-model.js";
import { c, of, p } from "./case.js";

const running = (n: number): Operand => ({ floats: new Array(n).fill(1), dims: [n] });
export const normCases = [
  ...of(
    "BatchNormalization",
    c("images", [p(3, 2, 2, 3), p(2), p(2), running(2), running(2)]),
    c("rows", [p(6, 3), p(3), p(3), running(3), running(3)], { epsilon: 0.1 }),
  ),
  ...of(
    "LayerNormalization",
    c("last axis", [p(3, 4), p(4), p(4)], undefined, { opset: 17 }),
    c("two axes, no bias", [p(2, 2, 3), p(2, 3)], { axis: 1, epsilon: 0.01 }, { opset: 17 }),
    c("scale of fewer axes", [p(2, 2, 3), p(3), p(3)], { axis: 1 }, { opset: 17 }),
    c("bias stretched", [p(2, 2, 3), p(2, 3), p(1, 3)], { axis: 1 }, { opset: 17 }),
  ),
  ...of(
    "InstanceNormalization",
    c("images", [p(2, 2, 2, 3), p(2), p(2)]),
    c("one dimension", [p(2, 3, 4), p(3), p(3)], { epsilon: 0.1 }),
  ),
  ...of(
    "GroupNormalization",
    c("scale a channel", [p(2, 4, 2, 2), p(4), p(4)], { num_groups: 2 }, { opset: 21 }),
    c("scale a group", [p(2, 4, 3), p(2), p(2)], { num_groups: 2 }, { opset: 18, until: 20 }),
  ),
  ...of(
    "RMSNormalization",
    c("last axis", [p(3, 4), p(4)], undefined, { opset: 23 }),
    c("two axes", [p(2, 2, 3), p(2, 3)], { axis: 1, epsilon: 0.1 }, { opset: 23 }),
  ),
  ...of("LpNormalization", c("order 2", [p(2, 3, 2)], { axis: 1 }), c("order 1", [p(3, 4)], { p: 1 })),
  ...of("MeanVarianceNormalization", c("default axes", [p(2, 2, 2, 3)]), c("own axes", [p(2, 3, 4)], { axes: [2] })),
  ...of(
    "LRN",
    c("odd", [p(1, 5, 2, 2)], { size: 3, alpha: 0.3, beta: 0.75, bias: 1.5 }),
    c("even", [p(2, 4, 2)], { size: 2, alpha: 0.9, beta: 0.5 }),
  ),
];
