/** Vectors of a Haar-distributed orthogonal matrix. */
import { createWorkspace, type MakeWorkspace } from "../linear/workspace.js";
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";

/** Number of reflections that are applied together, as products of matrices. Part of the result's bits. */
const WIDTH = 32;

/**
 * The first `count` columns of Q = H_0 H_1 ... D, one after the other, each of `length` >= `count` numbers: H_k reflects a
 * Gaussian vector in the last length − k coordinates onto the k-th axis, and D holds the signs that the QR
 * factorization's positive diagonal asks for.
 *
 * Reflections go in blocks, H_k ... H_{k+w−1} = I − V T Vᵀ with V of w columns and T upper triangular, the last block first.
 *
 * Source: Schreiber and Van Loan, "A storage-efficient WY representation for products of Householder transformations",
 * SIAM J. Sci. Stat. Comput. 10 (1989).
 *
 * @param from Index of the first of `count·length` elements of the stream.
 */
export function orthonormalVectors(
  stream: Stream,
  count: number,
  length: number,
  from: number,
  makeWorkspace: MakeWorkspace = createWorkspace,
): Float64Array {
  const width = Math.min(WIDTH, count);
  const { data, multiplyAdd } = makeWorkspace(count * length + 2 * width * (length + count + width));
  for (let first = width * (Math.ceil(count / width) - 1); first >= 0; first -= width) {
    const reach = length - first;
    const rest = count - first;
    const w = Math.min(width, rest);
    let end = count * length;
    const place = (rows: number, stride: number) => {
      end += rows * stride;
      return { at: end - rows * stride, stride };
    };
    const vectors = { at: first * length + first, stride: length };
    // Vᵀ, V, X V and −X V Tᵀ of the vectors X, Vᵀ V and −Tᵀ.
    const [rows, columns, seen] = [place(w, reach), place(reach, w), place(rest, w)];
    const [moved, gram, factor] = [place(rest, w), place(w, w), place(w, w)];
    data.fill(0, rows.at, end);
    for (let j = 0; j < w; j++) {
      const v = data.subarray(rows.at + j * reach + j, rows.at + (j + 1) * reach);
      data[vectors.at + j * (length + 1)] = makeReflector(stream, v, from + (first + j) * length);
      for (let i = j; i < reach; i++) data[columns.at + i * w + j] = v[i - j]!;
    }
    multiplyAdd(gram, rows, columns, w, reach, w);
    setFactor(data, gram.at, factor.at, w);
    multiplyAdd(seen, vectors, columns, rest, reach, w);
    multiplyAdd(moved, seen, factor, rest, w, w);
    multiplyAdd(vectors, moved, rows, rest, w, reach);
  }
  return data.subarray(0, count * length);
}

/** `gain` times a matrix with orthonormal columns, or with orthonormal rows where there are fewer of these; row-major. */
export function orthonormalMatrix(
  stream: Stream,
  rows: number,
  columns: number,
  from: number,
  gain: number,
): Float32Array {
  const tall = rows >= columns;
  const vectors = orthonormalVectors(stream, Math.min(rows, columns), Math.max(rows, columns), from);
  const values = new Float32Array(vectors.length);
  for (let at = 0, m = 0; m < rows; m++) {
    for (let j = 0; j < columns; j++, at++) values[at] = gain * vectors[tall ? j * rows + m : at]!;
  }
  return values;
}

/** Draws v with H = I − v vᵀ; returns the sign of D. */
function makeReflector(stream: Stream, v: Float64Array, from: number): number {
  fillNormal(stream, v, { from });
  const sign = v[0]! < 0 ? -1 : 1;
  v[0] = v[0]! + sign * Math.sqrt(squares(v));
  const scale = Math.sqrt(2 / squares(v));
  for (let i = 0; i < v.length; i++) v[i] = v[i]! * scale;
  return -sign;
}

function squares(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return sum;
}

/** −Tᵀ from Vᵀ V: T[j, j] = 1 and T[i, j] = −Σ T[i, l] (VᵀV)[l, j] over i <= l < j. */
function setFactor(data: Float64Array, gram: number, factor: number, w: number): void {
  for (let j = 0; j < w; j++) {
    data[factor + j * w + j] = -1;
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let l = i; l < j; l++) sum += data[factor + l * w + i]! * data[gram + l * w + j]!;
      data[factor + j * w + i] = -sum;
    }
  }
}
