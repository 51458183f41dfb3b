/** The weight of ZerO: a padded identity, or a part of a Hadamard matrix where the layer widens. */
import type { Initializer } from "../initializer.js";
import { define } from "./define.js";
import { CENTRE, kernelMatrix, placeOf } from "./kernelMatrix.js";

/**
 * ZerO's deterministic weight; at the centre tap floor(k/2) of a convolution, group by group.
 *
 *     out <= in:  W[m, m] = 1, everything else 0
 *     out > in:   W[m, j] = 2^(−q/2) · (−1)^(number of ones in m & j),   q = ceil(log2 out)
 *
 * The second is the top left corner of a scaled Sylvester–Hadamard matrix of order 2^q; its columns are orthonormal
 * only where `out` is a power of two. The whole ZerO scheme also sets the last convolution of each branch to 0.
 *
 * Source: Zhao, Schäfer, Anandkumar, "ZerO Initialization", TMLR 2022, algorithms 1 and 2.
 *
 * @throws {IdinitError} generate throws for a shape without an in axis.
 * @example hadamard().generate([2, 1]) // [0.707, 0.707]
 */
export function hadamard(): Initializer {
  return define(
    "hadamard",
    {},
    "kernel",
    (data, block) => {
      const matrix = kernelMatrix(block, CENTRE);
      const { rows, columns } = matrix;
      let order = 1;
      while (order < rows) order *= 2;
      const scale = Math.sqrt(1 / order);
      for (let i = block.begin; i < block.end; i++) {
        const m = i % rows;
        if (rows <= columns) data[placeOf(matrix, i, m)] = 1;
        else for (let j = 0; j < columns; j++) data[placeOf(matrix, i, j)] = oddOnes(m & j) ? -scale : scale;
      }
    },
    { sparse: true },
  );
}

/** Whether an odd number of bits are set. */
function oddOnes(value: number): boolean {
  let bits = value;
  for (let shift = 16; shift >= 1; shift >>= 1) bits ^= bits >>> shift;
  return (bits & 1) === 1;
}
