/** Vectors of a Haar-distributed orthogonal matrix. */
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";

/** Number of vectors reflected together, so that each reflector is read once for all of them. */
const WIDTH = 4;

/**
 * The first `count` columns of Q = H_0 H_1 ... D, one after the other, each of `length` >= `count` numbers: H_k reflects a
 * Gaussian vector in the last length − k coordinates onto the k-th axis, and D holds the signs that the QR
 * factorization's positive diagonal asks for.
 *
 * @param from Index of the first of `count·length` elements of the stream.
 */
export function orthonormalVectors(stream: Stream, count: number, length: number, from: number): Float64Array {
  const { reflectors, signs } = makeReflectors(stream, count, length, from);
  const vectors = new Float64Array(count * length);
  for (let first = 0; first < count; first += WIDTH) {
    const [a, b, c, d] = Array.from({ length: WIDTH }, (_, i) => {
      const axis = new Float64Array(length);
      if (first + i < count) axis[first + i] = signs[first + i]!;
      return axis;
    }) as [Float64Array, Float64Array, Float64Array, Float64Array];
    // Later reflections leave these axes as they are.
    for (let k = Math.min(first + WIDTH, count) - 1; k >= 0; k--) reflect(reflectors, k, length, a, b, c, d);
    [a, b, c, d].slice(0, count - first).forEach((vector, i) => {
      vectors.set(vector, (first + i) * length);
    });
  }
  return vectors;
}

/** Row k holds v with H_k = I − v vᵀ, 0 before coordinate k. */
function makeReflectors(stream: Stream, count: number, length: number, from: number) {
  const reflectors = new Float64Array(count * length);
  const signs = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const v = fillNormal(stream, reflectors.subarray(k * length + k, (k + 1) * length), { from: from + k * length });
    const sign = v[0]! < 0 ? -1 : 1;
    v[0] = v[0]! + sign * Math.sqrt(squares(v));
    const scale = Math.sqrt(2 / squares(v));
    for (let i = 0; i < v.length; i++) v[i] = v[i]! * scale;
    signs[k] = -sign;
  }
  return { reflectors, signs };
}

function squares(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return sum;
}

/** Applies H_k to four vectors. */
function reflect(
  reflectors: Float64Array,
  k: number,
  length: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
): void {
  const row = k * length;
  let sa = 0;
  let sb = 0;
  let sc = 0;
  let sd = 0;
  for (let i = k; i < length; i++) {
    const v = reflectors[row + i]!;
    sa += v * a[i]!;
    sb += v * b[i]!;
    sc += v * c[i]!;
    sd += v * d[i]!;
  }
  for (let i = k; i < length; i++) {
    const v = reflectors[row + i]!;
    a[i] = a[i]! - sa * v;
    b[i] = b[i]! - sb * v;
    c[i] = c[i]! - sc * v;
    d[i] = d[i]! - sd * v;
  }
}
