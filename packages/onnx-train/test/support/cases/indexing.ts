/** Taking and putting by index. */
import { c, indices, of, p } from "./case.js";

export const indexingCases = [
  ...of(
    "Gather",
    c("rows, repeated", [p(5, 3), { ints: [1, 3, 1, 1], dims: [2, 2] }]),
    c("int32, axis 1, negative", [p(2, 4, 2), { ints: [3, 0, -1], dims: [3], int32: true }], { axis: 1 }),
    c("scalar index", [p(4, 3), { ints: [2], dims: [] }]),
  ),
  ...of(
    "GatherElements",
    c("repeated", [p(3, 3), indices([2, 3], 0, 2, 1, 0, 2, 2)]),
    c("axis 1, negative", [p(2, 4), indices([2, 2], 3, -1, 0, 1)], { axis: 1 }),
  ),
  ...of(
    "GatherND",
    c("elements", [p(3, 3), indices([2, 2], 0, 2, 1, 1)]),
    c("rows, repeated", [p(3, 2), indices([3, 1], 0, 2, 0)]),
  ),
  ...of(
    "ScatterElements",
    c("put", [p(3, 2), indices([1, 2], 2, 0), p(1, 2)]),
    c("add, repeated", [p(2, 3), indices([2, 2], 0, 0, 1, -1), p(2, 2)], { axis: 1, reduction: "add" }, { opset: 16 }),
  ),
  ...of(
    "ScatterND",
    c("rows", [p(3, 2), indices([1, 1], 1), p(1, 2)]),
    c("add, repeated", [p(3, 2), indices([2, 1], 1, 1), p(2, 2)], { reduction: "add" }, { opset: 16 }),
  ),
];
