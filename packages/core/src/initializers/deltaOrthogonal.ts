/** Orthogonal convolutions: a random orthogonal matrix at the centre tap. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { define, inParts } from "./define.js";
import { orthonormalMatrix } from "./haar.js";
import { storeRows } from "./store.js";

/** Parameters of {@link deltaOrthogonal}. */
export interface DeltaOrthogonalOptions {
  /** Factor on the matrix, any finite number. Default 1. */
  readonly gain?: number;
  /**
   * What a kernel with more inputs than outputs gets: `"error"` (default), as in JAX and TensorFlow, because no such matrix has
   * orthonormal columns; `"rows"` makes its rows orthonormal.
   */
  readonly narrowing?: "error" | "rows";
}

/**
 * All zeros but the centre tap, which holds `gain` times a Haar-distributed matrix with orthonormal columns: the convolution
 * keeps the norm of every input (with circular padding, exactly).
 *
 *     W[:, :, c] = gain · Q,   QᵀQ = I,   c = (k − 1) div 2 on every spatial axis
 *
 * For even k this is the tap before the one that {@link dirac} takes. Group by group, and part by part. On a dense kernel it is
 * {@link orthogonal}.
 *
 * Source: Xiao et al., "Dynamical isometry and a mean field theory of CNNs", ICML 2018, algorithm 2;
 * `jax.nn.initializers.delta_orthogonal`.
 *
 * @throws {IdinitError} for a gain that is not finite; generate throws for a shape without an in axis, and for in > out per group
 * unless `narrowing` is `"rows"`.
 * @example deltaOrthogonal().generate([64, 32, 3, 3], { seed: 1, key: "conv" })
 */
export function deltaOrthogonal(options: DeltaOrthogonalOptions = {}): Initializer {
  const who = "deltaOrthogonal";
  const params = readOptions(who, options, { gain: [1], narrowing: ["error", "rows"] });
  const fill = inParts((data, block, stream) => {
    const { in: columns, taps, groups } = block;
    const values = new Float32Array(block.out * columns * taps);
    let at = block.spatial.reduce((index, size) => index * size + Math.floor((size - 1) / 2), 0);
    for (let group = 0; group < groups; group++) {
      const rows = block.out / groups;
      const from = (block.firstRow + group * rows) * columns;
      for (const value of orthonormalMatrix(stream, rows, columns, from, params.gain)) {
        values[at] = value;
        at += taps;
      }
    }
    storeRows(data, block, values);
  });
  return define(who, params, "kernel", fill, {
    check({ in: columns, out, groups, parts }, fail) {
      const rows = out / groups / parts;
      if (params.narrowing === "rows" || rows >= columns) return;
      fail('needs [out, in] with in <= out in each group, or narrowing: "rows" for orthonormal rows', [rows, columns]);
    },
  });
}
