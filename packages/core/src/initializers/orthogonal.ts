/** Random orthogonal matrices. */
import type { Initializer } from "../initializer.js";
import { checkNumber, checkOptions } from "./check.js";
import { define } from "./define.js";
import { orthonormalVectors } from "./haar.js";
import { storeRows } from "./store.js";

/**
 * A uniformly (Haar) distributed matrix with orthonormal rows (out <= in·K) or columns (out >= in·K), times `gain`; a
 * convolution kernel is flattened to `[out, (in / groups)·K]` as PyTorch does. With `parts`, each block is orthogonal by
 * itself.
 *
 * The distribution is that of the sign-corrected QR of a Gaussian matrix, made from Householder reflections of Gaussian
 * vectors in double precision, without factorizing.
 *
 * Source: Saxe, McClelland, Ganguli 2014; Stewart, SIAM J. Numer. Anal. 17 (1980); Mezzadri, Notices AMS 54 (2007).
 *
 * A range of rows is cut from the whole matrix.
 *
 * @param options.gain Any finite number. Default 1.
 * @throws {IdinitError} for a gain that is not finite; generate throws for a shape without an in axis.
 * @example orthogonal({ gain: gain("relu") }).generate([256, 128], { seed: 1, key: "fc.weight" })
 */
export function orthogonal(options: { readonly gain?: number } = {}): Initializer {
  checkOptions("orthogonal", options, "gain");
  const factor = checkNumber("orthogonal", "gain", options.gain ?? 1);
  return define("orthogonal", { gain: factor }, "kernel", (data, block, stream) => {
    const rows = block.out;
    const columns = block.in * block.taps;
    const count = Math.min(rows, columns);
    const length = Math.max(rows, columns);
    const vectors = orthonormalVectors(stream, count, length, block.firstRow * columns);
    const values = new Float32Array(rows * columns);
    for (let vector = 0; vector < count; vector++) {
      for (let i = 0; i < length; i++) {
        const at = rows >= columns ? i * columns + vector : vector * columns + i;
        values[at] = factor * vectors[vector * length + i]!;
      }
    }
    storeRows(data, block, values);
  });
}
