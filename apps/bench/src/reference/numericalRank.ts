/** The rank of a matrix that was computed in floating point. */

/**
 * Number of singular values above `tolerance`: of the eigenvalues of AᵀA above its square, counted by a Sturm sequence after Householder's
 * reduction to a tridiagonal matrix.
 *
 * @param values `[rows, columns]`, row by row.
 * @param tolerance Far above √(2⁻⁵³ · size) of the largest singular value, as squares are counted.
 */
export function numericalRank(values: ArrayLike<number>, columns: number, tolerance: number): number {
  const { diagonal, beside } = tridiagonal(squared(values, columns), columns);
  let above = 0;
  let quotient = 1;
  for (let i = 0; i < columns; i++) {
    const coupling = i === 0 ? 0 : beside[i - 1]! ** 2 / quotient;
    quotient = diagonal[i]! - tolerance ** 2 - coupling;
    // An exact 0 would divide; the next double decides nothing.
    if (quotient === 0) quotient = -Number.EPSILON * tolerance ** 2;
    if (quotient > 0) above++;
  }
  return above;
}

/** AᵀA. Rows of zeros cost nothing. */
function squared(values: ArrayLike<number>, columns: number): Float64Array {
  const product = new Float64Array(columns * columns);
  for (let from = 0; from < values.length; from += columns) {
    for (let i = 0; i < columns; i++) {
      const factor = values[from + i]!;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) product[i * columns + j]! += factor * values[from + j]!;
    }
  }
  return product;
}

/** Householder's reduction of a symmetric matrix, which is overwritten. */
function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; beside: Float64Array } {
  const [diagonal, beside] = [new Float64Array(size), new Float64Array(Math.max(0, size - 1))];
  const [v, w] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size - 1; k++) {
    let squares = 0;
    for (let i = k + 1; i < size; i++) squares += (v[i] = a[k * size + i]!) ** 2;
    diagonal[k] = a[k * size + k]!;
    const length = Math.sqrt(squares);
    if (length === 0) continue;
    // Away from the first element, so that nothing cancels.
    const target = v[k + 1]! > 0 ? -length : length;
    v[k + 1]! -= target;
    beside[k] = target;
    // H = I − v vᵀ / half, half = |v|² / 2.
    const half = squares - target * (v[k + 1]! + target);
    let overlap = 0;
    for (let i = k + 1; i < size; i++) {
      let sum = 0;
      for (let j = k + 1, at = i * size + j; j < size; j++, at++) sum += a[at]! * v[j]!;
      w[i] = sum / half;
      overlap += v[i]! * w[i]!;
    }
    for (let i = k + 1; i < size; i++) w[i]! -= (overlap / (2 * half)) * v[i]!;
    for (let i = k + 1; i < size; i++) {
      for (let j = k + 1, at = i * size + j; j < size; j++, at++) a[at]! -= v[i]! * w[j]! + w[i]! * v[j]!;
    }
  }
  if (size > 0) diagonal[size - 1] = a[size * size - 1]!;
  return { diagonal, beside };
}
