/** Moving, cutting, joining and taking by index. */
import { c, each, indices, ints, of, p, scalar } from "./case.js";

export const layoutCases = [
  ...of("Reshape", c("with -1 and 0", [p(2, 3, 2), ints(0, -1)])),
  ...of("Flatten", c("axis 2", [p(2, 3, 2)], { axis: 2 })),
  ...of("Squeeze", c("axes", [p(1, 3, 1), ints(0)]), c("all", [p(1, 3, 1)])),
  ...of("Unsqueeze", c("two", [p(2, 3), ints(0, -1)])),
  ...of("Transpose", c("permuted", [p(2, 3, 4)], { perm: [1, 2, 0] }), c("reversed", [p(2, 3)])),
  ...of("Concat", c("unequal", [p(2, 1), p(2, 3), p(2, 2)], { axis: -1 })),
  ...of(
    "Split",
    c("unequal", [p(2, 5), ints(2, 3)], { axis: 1 }, { outputs: 2 }),
    c("equal", [p(2, 4)], { axis: -1 }, { outputs: 2, until: 17 }),
    c("opset 18", [p(4, 2)], { num_outputs: 2 }, { outputs: 2, opset: 18 }),
  ),
  ...of(
    "Slice",
    c("inner", [p(3, 5), ints(1, 1), ints(3, -1)]),
    c("steps", [p(7, 3), ints(1), ints(100), ints(0), ints(2)]),
    c("steps too long for one matrix", [p(400), ints(3), ints(400), ints(0), ints(2)]),
    c("backwards", [p(6), ints(-1), ints(-100), ints(0), ints(-2)]),
    c("steps on inner axes", [p(2, 2, 4, 4), ints(0, 0), ints(4, 4), ints(2, 3), ints(2, 2)]),
  ),
  ...of(
    "Pad",
    c("both sides", [p(2, 3), ints(1, 0, 2, 1), scalar(0.5)]),
    c("axes, opset 18", [p(2, 3), ints(1, 1), undefined, ints(1)], undefined, { opset: 18 }),
    c("negative", [p(3, 4), ints(-1, 1, 0, -2)]),
    c("negative and positive on one axis", [p(5), ints(-1, 2)]),
    c("edge", [p(2, 3), ints(1, 2, 0, 1)], { mode: "edge" }),
    c("reflect", [p(1, 2, 3, 4), ints(0, 0, 1, 2, 0, 0, 2, 3)], { mode: "reflect" }),
    c("reflect on outer axes", [p(3, 2, 2), ints(2, 0, 0, 1, 1, 0)], { mode: "reflect" }),
    c("wrap, opset 19", [p(2, 3), ints(0, 2, 1, 1)], { mode: "wrap" }, { opset: 19 }),
  ),
  ...of(
    "Tile",
    c("both axes", [p(2, 3), ints(2, 3)]),
    c("one axis", [p(2, 2, 2), ints(1, 3, 1)]),
    c("none", [p(2), ints(1)]),
  ),
  ...each(["DepthToSpace"], () => [
    c("depth first", [p(1, 8, 2, 3)], { blocksize: 2, mode: "DCR" }),
    c("column first", [p(2, 4, 2, 1)], { blocksize: 2, mode: "CRD" }),
  ]),
  ...of("SpaceToDepth", c("blocks of 2", [p(1, 2, 4, 2)], { blocksize: 2 })),
  ...of(
    "Trilu",
    c("upper", [p(3, 4)], undefined, { opset: 14 }),
    c("lower, shifted", [p(2, 3, 3), indices([], 1)], { upper: 0 }, { opset: 14 }),
  ),
];
