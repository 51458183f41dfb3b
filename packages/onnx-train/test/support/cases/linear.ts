/** Matrix products. */
import { c, of, p } from "./case.js";

export const linearCases = [
  ...of(
    "MatMul",
    c("matrices", [p(2, 3), p(3, 4)]),
    c("rows by weight", [p(2, 3, 4), p(4, 2)]),
    c("batched, stretched", [p(2, 1, 2, 3), p(4, 3, 2)]),
    c("vector left", [p(3), p(3, 2)]),
    c("vector right", [p(2, 2, 3), p(3)]),
    c("vectors", [p(3), p(3)]),
  ),
  ...of(
    "Gemm",
    c("plain", [p(2, 3), p(3, 4), p(4)], { alpha: 0.5, beta: 2.0 }),
    c("transB", [p(2, 3), p(4, 3), p(2, 1)], { transB: 1 }),
    c("transA", [p(3, 2), p(3, 4)], { transA: 1 }),
    c("both", [p(3, 2), p(4, 3), p()], { transA: 1, transB: 1 }),
  ),
  ...of(
    "Einsum",
    ...(
      [
        ["ij,jk->ik", [2, 3], [3, 4]],
        ["bij,bjk->bik", [2, 2, 3], [2, 3, 2]],
        ["bhid,bhjd->bhij", [1, 2, 3, 2], [1, 2, 2, 2]],
        ["bij,kj->bik", [2, 2, 3], [4, 3]],
        ["...ij,...jk->...ik", [2, 2, 3], [1, 3, 2]],
        ["abc,cde->abde", [2, 2, 3], [3, 2, 2]],
        ["abcd,cde->abe", [1, 2, 2, 2], [2, 2, 3]],
        ["i,j->ij", [2], [3]],
        ["ij,ij->", [2, 3], [2, 3]],
        ["ij,ij->i", [2, 3], [2, 3]],
        ["ij,kl->ik", [2, 3], [2, 2]],
        ["nchw,cd->nhwd", [1, 2, 2, 3], [2, 2]],
        ["ij,jk", [2, 3], [3, 2]],
      ] as const
    ).map(([equation, a, b]) => c(equation, [p(...a), p(...b)], { equation })),
    c("one operand: bij->jb", [p(2, 3, 2)], { equation: "bij->jb" }),
    c("three operands", [p(2, 3), p(3, 2), p(2, 2)], { equation: "ij,jk,kl->il" }),
    c("three operands, shared", [p(2, 3), p(2, 3), p(3, 2)], { equation: "ij,ij,jk->ik" }),
  ),
];
