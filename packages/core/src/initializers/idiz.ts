/** IDIZ and IDIZC: the identity-like zero for the last weight of a residual branch. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { define } from "./define.js";
import {
  KERNEL_MATRIX_OPTIONS,
  type KernelMatrix,
  type KernelMatrixOptions,
  kernelMatrix,
  placeOf,
} from "./kernelMatrix.js";

/** Parameters of {@link idiz}. */
export interface IdizOptions extends KernelMatrixOptions {
  /** Size ε of the entries, any finite number; far below √(norm epsilon) where a norm follows. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Nearly zero, yet of high rank: each row is ε times a difference of two inputs and sums to 0.
 *
 *     W[m, m mod in] = ε
 *     W[m, out + (m mod (in − out))] = −ε   for out < in
 *     W[m, (m + 1) mod in] = −ε             for out >= in
 *
 * The rank is out in the first case and in − 1 in the second. For in = 1, where both entries fall together, rows
 * alternate +ε and −ε. Convolutions are flattened as {@link KernelMatrixOptions} says (IDIZC). Never random.
 *
 * Source: Pan et al., "IDInit", ICLR 2025, 3.2.
 *
 * @throws {IdinitError} for a parameter out of range; generate throws for a shape without an in axis.
 * @example idiz({ epsilon: 1 }).generate([3, 4]) // [1, 0, 0, -1,  0, 1, 0, -1,  0, 0, 1, -1]
 */
export function idiz(options: IdizOptions = {}): Initializer {
  const params = readOptions("idiz", options, { epsilon: [1e-6], ...KERNEL_MATRIX_OPTIONS });
  return define(
    "idiz",
    params,
    "kernel",
    (data, block) => lay(data, kernelMatrix(block, params), block.begin, block.end, params.epsilon),
    { sparse: true },
  );
}

/** Sets the two entries of each row. */
function lay(data: Float32Array, matrix: KernelMatrix, begin: number, end: number, epsilon: number): void {
  const { rows, columns } = matrix;
  for (let i = begin; i < end; i++) {
    const m = i % rows;
    if (columns === 1) {
      data[placeOf(matrix, i, 0)] = m % 2 === 0 ? epsilon : -epsilon;
    } else {
      data[placeOf(matrix, i, m % columns)] = epsilon;
      data[placeOf(matrix, i, rows < columns ? rows + (m % (columns - rows)) : (m + 1) % columns)] = -epsilon;
    }
  }
}
