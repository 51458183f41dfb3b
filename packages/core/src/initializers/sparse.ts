/** Sparse random weights. */
import { failing } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";
import { fillUniform } from "../random/uniform.js";
import { readOptions } from "./check.js";
import { define, inParts } from "./define.js";
import { storeRows } from "./store.js";

/** Where in the stream the draws that order the rows begin: behind the values of any tensor. */
const ORDER = 2 ** 48;

/** Parameters of {@link sparse}. */
export interface SparseOptions {
  /** Part of each column that is 0, in [0, 1]: ceil(sparsity · out) entries. Default 0.9. */
  readonly sparsity?: number;
  /** Standard deviation of the others, >= 0. Default 0.01, as `torch.nn.init.sparse_`. */
  readonly std?: number;
}

/**
 * Each column of the matrix `[out, in·K]` has exactly ceil(sparsity · out) zeros, at random places; all other entries are
 * N(0, std²). So each input feeds the same number of outputs.
 *
 * PyTorch's `sparse_` takes matrices only; here convolution kernels are flattened, and `parts` count each by itself.
 *
 * Source: Martens, "Deep learning via Hessian-free optimization", ICML 2010, 5; `torch.nn.init.sparse_`.
 *
 * @throws {IdinitError} for a parameter out of range; generate throws for a shape without an in axis.
 * @example sparse({ sparsity: 0.5 }).generate([4, 3], { seed: 1 }) // two zeros in each column
 */
export function sparse(options: SparseOptions = {}): Initializer {
  const params = readOptions("sparse", options, { sparsity: [0.9, 0], std: [0.01, 0] });
  const { sparsity, std } = params;
  if (sparsity > 1) failing("sparse")("sparsity must be in [0, 1]", sparsity);
  const fill = inParts((data, block, stream) => {
    const columns = block.in * block.taps;
    const from = block.firstRow * columns;
    const values = fillNormal(stream, new Float32Array(block.out * columns), { std, from });
    const zeros = Math.ceil(sparsity * block.out);
    for (let column = 0; column < columns; column++) {
      const rows = shuffled(stream, block.out, ORDER + from + column * block.out);
      for (const row of rows.subarray(0, zeros)) values[row * columns + column] = 0;
    }
    storeRows(data, block, values);
  });
  return define("sparse", params, "kernel", fill);
}

/** The numbers below `count` in random order: sorted by one draw each. */
function shuffled(stream: Stream, count: number, from: number): Uint32Array {
  const draws = fillUniform(stream, new Float64Array(count), { from });
  return Uint32Array.from(draws, (_, i) => i).sort((a, b) => draws[a]! - draws[b]! || a - b);
}
