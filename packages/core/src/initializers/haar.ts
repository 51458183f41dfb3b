/** Vectors of a Haar-distributed orthogonal matrix. */
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";

/**
 * The first `count` columns of Q = H_0 H_1 ... D, one after the other, each of `length` >= `count` numbers: H_k reflects a
 * Gaussian vector in the last length − k coordinates onto the k-th axis, and D holds the signs that the QR
 * factorization's positive diagonal asks for.
 *
 * Sums run in a fixed order, so the bits are the same everywhere.
 *
 * @param from Index of the first of `count·length` elements of the stream.
 */
export function orthonormalVectors(stream: Stream, count: number, length: number, from: number): Float64Array {
  const vectors = new Float64Array(count * length);
  for (let k = count - 1; k >= 0; k--) {
    const reflector = fillNormal(stream, new Float64Array(length - k), { from: from + k * length });
    const sign = reflector[0]! < 0 ? -1 : 1;
    reflector[0] = reflector[0]! + sign * Math.sqrt(dot(reflector, reflector, 0));
    const scale = 2 / dot(reflector, reflector, 0);
    vectors[k * length + k] = -sign;
    // Vector k is −sign·e_k up to here, the later ones are 0 in coordinates up to k.
    for (let j = k; j < count; j++) {
      const start = j * length + k;
      const factor = scale * dot(reflector, vectors, start);
      for (let i = 0; i < reflector.length; i++) vectors[start + i] = vectors[start + i]! - factor * reflector[i]!;
    }
  }
  return vectors;
}

/** Dot product of `a` with the part of `b` from `start` on, in four interleaved sums. */
function dot(a: Float64Array, b: Float64Array, start: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[start + i]!;
    s1 += a[i + 1]! * b[start + i + 1]!;
    s2 += a[i + 2]! * b[start + i + 2]!;
    s3 += a[i + 3]! * b[start + i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[start + i]!;
  return s0 + s1 + (s2 + s3);
}
