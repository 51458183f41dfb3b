/** Random orthogonal matrices. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { define, inParts } from "./define.js";
import { orthonormalMatrix } from "./haar.js";
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
  const params = readOptions("orthogonal", options, { gain: [1] });
  const fill = inParts((data, block, stream) => {
    const columns = block.in * block.taps;
    storeRows(data, block, orthonormalMatrix(stream, block.out, columns, block.firstRow * columns, params.gain));
  });
  return define("orthogonal", params, "kernel", fill);
}
