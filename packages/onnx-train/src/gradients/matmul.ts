/** Gradients of matrix products. */
import { getFloat, getInt } from "@idinit/onnx";
import { reshapeTo, sumTo, transposeLast } from "../compose.js";
import { type Dim, product } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientRules } from "./rule.js";

const isLess = (a: Dim, b: Dim) => typeof a === "number" && typeof b === "number" && a < b;

/** All but the last axis in one. */
function flattenRows(g: TrainingGraph, x: string): string {
  const dims = g.dimsOf(x);
  if (dims.length === 2) return x;
  const rows = product(dims.slice(0, -1));
  return reshapeTo(g, x, [rows, dims[dims.length - 1]!]);
}

export const matMulGradients: GradientRules = {
  /** Y = A B: dA = dY B^T, dB = A^T dY, each summed over the batch axes along which it was stretched. */
  MatMul: ({ g, dy, node, needs, rowSums }) => {
    const [a, b] = node.inputs as [string, string];
    const [aDims, bDims] = [g.dimsOf(a), g.dimsOf(b)];
    // Vectors take part as matrices with one row or one column.
    const aMatrix = aDims.length === 1 ? g.op("Unsqueeze", [a, g.ints([0])]) : a;
    const bMatrix = bDims.length === 1 ? g.op("Unsqueeze", [b, g.ints([1])]) : b;
    let full = dy;
    if (bDims.length === 1) full = g.op("Unsqueeze", [full, g.ints([-1])]);
    if (aDims.length === 1) full = g.op("Unsqueeze", [full, g.ints([-2])]);

    const da = () => {
      const product = g.op("MatMul", [full, transposeLast(g, bMatrix)]);
      const summed = sumTo(g, product, aMatrix);
      // Row by row, sum(dA A) = sum(dY Y).
      if (summed === product && isLess(bDims.at(-1)!, aDims.at(-1)!))
        rowSums.set(product, { of: a, factors: [full, node.outputs[0]!] });
      return aDims.length === 1 ? g.op("Squeeze", [summed, g.ints([0])]) : summed;
    };
    const db = () => {
      // A weight under batched rows: one tall product instead of a sum of many.
      if (g.dimsOf(bMatrix).length === 2 && typeof bDims[0] === "number") {
        const tall = g.op("Gemm", [flattenRows(g, aMatrix), flattenRows(g, full)], { transA: 1 });
        return bDims.length === 1 ? g.op("Squeeze", [tall, g.ints([1])]) : tall;
      }
      const product = g.op("MatMul", [transposeLast(g, aMatrix), full]);
      const summed = sumTo(g, product, bMatrix);
      return bDims.length === 1 ? g.op("Squeeze", [summed, g.ints([1])]) : summed;
    };
    return [needs(0) ? da() : undefined, needs(1) ? db() : undefined];
  },

  /** Y = alpha A' B' + beta C, where A' and B' may be transposes. */
  Gemm: ({ g, dy, node, needs }) => {
    const [a, b, c] = node.inputs as [string, string, string | undefined];
    const alpha = getFloat(node, "alpha", 1);
    const beta = getFloat(node, "beta", 1);
    const transA = getInt(node, "transA", 0);
    const transB = getInt(node, "transB", 0);
    const gemm = (left: string, right: string, ta: number, tb: number) =>
      g.op("Gemm", [left, right], { alpha, transA: ta, transB: tb });
    const da = () => (transA ? gemm(b, dy, transB, 1) : gemm(dy, b, 0, 1 - transB));
    const db = () => (transB ? gemm(dy, a, 1, transA) : gemm(a, dy, 1 - transA, 0));
    const dc = () => {
      const summed = sumTo(g, dy, c!);
      return beta === 1 ? summed : g.op("Mul", [summed, g.scalar(beta, summed)]);
    };
    return [needs(0) ? da() : undefined, needs(1) ? db() : undefined, c && needs(2) ? dc() : undefined];
  },
};
