/** Reductions. */
import { c, each, indices, ints, of, p, positive, values } from "./case.js";

export const reductionCases = [
  ...of("ReduceSum", c("axes", [p(2, 3, 2), ints(0, -1)], { keepdims: 0 }), c("kept", [p(2, 3), ints(1)])),
  ...of(
    "ReduceMean",
    c("axes", [p(2, 3, 2)], { axes: [1], keepdims: 0 }, { until: 17 }),
    c("all", [p(2, 3)], { keepdims: 0 }),
    c("opset 18", [p(2, 3, 2), ints(0, 2)], { keepdims: 1 }, { opset: 18 }),
  ),
  ...each(
    ["ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp", "ReduceProd"],
    () => [
      c("axes", [p(2, 3, 2)], { axes: [1], keepdims: 0 }, { until: 17 }),
      c("kept", [p(2, 3)], { axes: [-1] }, { until: 17 }),
      c("all", [p(2, 3)], { keepdims: 0 }),
      c("opset 18", [p(2, 3, 2), ints(0, 2)], { keepdims: 0 }, { opset: 18 }),
    ],
  ),
  ...of("ReduceProd", c("one zero", [values([2, 3], 0.5, 0, 1.5, 0.7, 0.8, 1.1)], { axes: [1] }, { until: 17 })),
  ...of(
    "ReduceLogSum",
    c("axes", [positive(2, 3, 2)], { axes: [1], keepdims: 0 }, { until: 17 }),
    c("all", [positive(2, 3)]),
  ),
  ...of(
    "CumSum",
    c("axis 1", [p(2, 4), indices([], 1)]),
    c("exclusive", [p(2, 4), indices([], 1)], { exclusive: 1 }),
    c("reverse", [p(4, 2), indices([], 0)], { reverse: 1 }),
    c("both", [p(4, 2), indices([], -2)], { reverse: 1, exclusive: 1 }),
  ),
  ...of(
    "TopK",
    c("largest", [p(2, 5), ints(2)], undefined, { outputs: 2 }),
    c("smallest, axis 0", [p(4, 2), ints(2)], { axis: 0, largest: 0 }, { outputs: 2 }),
  ),
];
