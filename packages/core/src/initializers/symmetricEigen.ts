/** Eigenvectors of symmetric matrices, with the same bits in every engine: only + − × ÷ √. */

/** Off-diagonal elements this much smaller than their neighbours on the diagonal count as 0. */
const NEGLIGIBLE = 2 ** -52;

/** Eigenvalues of a symmetric matrix in no order, with a unit eigenvector each. */
export interface Eigen {
  readonly values: Float64Array;
  /** The eigenvector of `values[i]` in elements i·n to (i + 1)·n. */
  readonly vectors: Float64Array;
}

/**
 * Householder reflections to tridiagonal form, then implicitly shifted QL steps. About 9 n³ operations.
 *
 * Source: Golub and Van Loan, "Matrix computations", 8.3; Dubrulle, Martin and Wilkinson, "The implicit QL algorithm", 1968.
 *
 * @param matrix Symmetric, n × n. Overwritten.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const offDiagonal = tridiagonalize(matrix, n);
  const values = Float64Array.from({ length: n }, (_, i) => matrix[i * (n + 1)]!);
  const vectors = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  diagonalize(values, offDiagonal, vectors, n);
  for (let i = 0; i < n; i++) reflectBack(vectors.subarray(i * n, (i + 1) * n), matrix, n);
  return { values, vectors };
}

/**
 * A ← H ... A ... H tridiagonal. Row k keeps, right of the diagonal, the vector v of its reflection I − v vᵀ; the off-diagonal elements
 * are returned.
 */
function tridiagonalize(a: Float64Array, n: number): Float64Array {
  const offDiagonal = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    const v = a.subarray(k * n, (k + 1) * n);
    let squares = 0;
    for (let j = k + 2; j < n; j++) squares += v[j]! * v[j]!;
    const first = v[k + 1]!;
    if (squares === 0) {
      offDiagonal[k] = first;
      v.fill(0, k + 1);
      continue;
    }
    const norm = Math.sqrt(squares + first * first);
    const image = first < 0 ? norm : -norm;
    offDiagonal[k] = image;
    v[k + 1] = first - image;
    const scale = Math.sqrt(2 / (squares + v[k + 1]! * v[k + 1]!));
    for (let j = k + 1; j < n; j++) v[j] = v[j]! * scale;
    // With p = A v and w = p − (vᵀp / 2) v, the reflected matrix is A − v wᵀ − w vᵀ.
    let projection = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      w[i] = sum;
      projection += sum * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i] = w[i]! - (projection / 2) * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const vi = v[i]!;
      const wi = w[i]!;
      for (let j = k + 1; j < n; j++) a[i * n + j] = a[i * n + j]! - vi * w[j]! - wi * v[j]!;
    }
  }
  return offDiagonal;
}

/** Makes a tridiagonal matrix diagonal; `d` becomes the eigenvalues, and row i of `vectors` the eigenvector of d[i]. */
function diagonalize(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  const negligible = (i: number) => Math.abs(e[i]!) <= NEGLIGIBLE * (Math.abs(d[i]!) + Math.abs(d[i + 1]!));
  for (let low = 0; low < n; low++) {
    for (;;) {
      let high = low;
      while (high < n - 1 && !negligible(high)) high++;
      if (high === low) break;
      const slope = (d[low + 1]! - d[low]!) / (2 * e[low]!);
      const length = Math.sqrt(slope * slope + 1);
      // g is what the shift leaves of the element that is being chased up.
      let g = d[high]! - d[low]! + e[low]! / (slope + (slope < 0 ? -length : length));
      let sine = 1;
      let cosine = 1;
      let shifted = 0;
      let i = high - 1;
      for (; i >= low; i--) {
        const f = sine * e[i]!;
        const b = cosine * e[i]!;
        const r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = d[i + 1]! - shifted;
          e[high] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1]! - shifted;
        const t = (d[i]! - g) * sine + 2 * cosine * b;
        shifted = sine * t;
        d[i + 1] = g + shifted;
        g = cosine * t - b;
        rotate(vectors, i * n, (i + 1) * n, n, cosine, sine);
      }
      if (i >= low) continue;
      d[low] = d[low]! - shifted;
      e[low] = g;
      e[high] = 0;
    }
  }
}

function rotate(rows: Float64Array, upper: number, lower: number, n: number, cosine: number, sine: number): void {
  for (let k = 0; k < n; k++) {
    const x = rows[upper + k]!;
    const y = rows[lower + k]!;
    rows[lower + k] = sine * x + cosine * y;
    rows[upper + k] = cosine * x - sine * y;
  }
}

/** Turns an eigenvector of the tridiagonal matrix into one of the matrix itself. */
function reflectBack(x: Float64Array, reflectors: Float64Array, n: number): void {
  for (let k = n - 2; k >= 0; k--) {
    let product = 0;
    for (let j = k + 1; j < n; j++) product += reflectors[k * n + j]! * x[j]!;
    for (let j = k + 1; j < n; j++) x[j] = x[j]! - product * reflectors[k * n + j]!;
  }
}
