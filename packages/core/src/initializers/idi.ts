/** IDI and IDIC: the padded identity for any shape. */
import type { Initializer } from "../initializer.js";
import { draw } from "../random/draw.js";
import { VALUES } from "../random/plain.js";
import { plainNormal } from "../random/plainNormal.js";
import { readOptions } from "./check.js";
import { define } from "./define.js";
import {
  KERNEL_MATRIX_OPTIONS,
  type KernelMatrix,
  type KernelMatrixOptions,
  kernelMatrix,
  placeOf,
} from "./kernelMatrix.js";

/** Parameters of {@link idi}. */
export interface IdiOptions extends KernelMatrixOptions {
  /** Value τ of the identity entries, any finite number. Default 1; √2 for the first layer of a ReLU network. */
  readonly tau?: number;
  /**
   * Standard deviation σ of the noise on each identity entry (the Loose condition), >= 0. Default 1e-6; 0 is fully
   * deterministic. In float16 or bfloat16, 1 + 1e-6 rounds to 1.
   */
  readonly loose?: number;
}

/**
 * Identity initialization for any shape: one non-zero in each row, so the rank is min(rows, columns).
 *
 *     W[m, m mod in] = τ + N(0, σ²), everything else 0
 *
 * Tall matrices stack identities down the rows; wide ones have zero columns at the right. A convolution kernel is
 * flattened to `[out, in·K]` first (IDIC, patch-maintain), per group and at the centre tap where `taps` says so. With
 * `parts`, each block along out is an identity of its own.
 *
 * Known limit: with kernel-fastest taps a narrow stem (out < K) reads only corner taps, and stacks of such layers on
 * small padded images can start dead.
 *
 * Source: Pan et al., "IDInit", ICLR 2025, Eq. 3 and 3.1.2 (Loose), 3.1.3 (convolutions). The papers leave the column
 * order of the flattened kernel open; see {@link KernelMatrixOptions.order}.
 *
 * @throws {IdinitError} for a parameter out of range; generate throws for a shape without an in axis.
 * @example idi({ loose: 0 }).generate([3, 2]) // [1, 0,  0, 1,  1, 0]
 */
export function idi(options: IdiOptions = {}): Initializer {
  const params = readOptions("idi", options, { tau: [1], loose: [1e-6, 0], ...KERNEL_MATRIX_OPTIONS });
  const { tau, loose } = params;
  return define(
    "idi",
    params,
    "kernel",
    (data, block, stream) => {
      const { begin, end } = block;
      const matrix = kernelMatrix(block, params);
      const set = (values: Float32Array, from: number) => lay(data, matrix, begin + from, values);
      // The plain generator: next to the rest, a draw for each row takes no time, and the module stays small.
      const generate = loose > 0 ? plainNormal(stream, tau, loose) : () => VALUES.fill(tau);
      draw({ length: end - begin, set }, begin, generate);
    },
    { sparse: true },
  );
}

/** Sets the identity entries of row `first` and on. */
function lay(data: Float32Array, matrix: KernelMatrix, first: number, values: Float32Array): void {
  const { rows, columns } = matrix;
  for (let n = 0; n < values.length; n++) {
    const i = first + n;
    data[placeOf(matrix, i, (i % rows) % columns)] = values[n]!;
  }
}
