/** Zero-padded identity: `eye` for dense weights, Dirac for convolutions. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { define } from "./define.js";
import { CENTRE, kernelMatrix, placeOf } from "./kernelMatrix.js";

/**
 * Passes input channel d to output channel d and leaves the other outputs 0; at the centre tap floor(k/2) of a
 * convolution, group by group.
 *
 *     W[g·(out/groups) + d, d, centre] = gain   for d < min(out / groups, in), everything else 0
 *
 * Source: `torch.nn.init.eye_` and `dirac_`; Zagoruyko and Komodakis, "DiracNets", 2017.
 *
 * @param options.gain Any finite number. Default 1.
 * @throws {IdinitError} for a gain that is not finite; generate throws for a shape without an in axis.
 * @example identity().generate([3, 2]) // [1, 0,  0, 1,  0, 0]
 */
export function identity(options: { readonly gain?: number } = {}): Initializer {
  const { gain } = readOptions("identity", options, { gain: [1] });
  return define(
    "identity",
    { gain },
    "kernel",
    (data, block) => {
      const matrix = kernelMatrix(block, CENTRE);
      const { rows, columns } = matrix;
      for (let i = block.begin; i < block.end; i++) {
        if (i % rows < columns) data[placeOf(matrix, i, i % rows)] = gain;
      }
    },
    { sparse: true },
  );
}

/** Another name of {@link identity}, as PyTorch calls it for convolutions. */
export const dirac = identity;
