/** Singular value decomposition, with the same bits in every engine. */

/** Two columns whose cosine is below this count as orthogonal. */
const ORTHOGONAL = 1e-14;

/** Far more than any matrix needs: convergence is quadratic, 6 to 10 sweeps are usual. */
const MOST_SWEEPS = 60;

/** Balanced factors of a matrix, from its singular values, largest first. */
export interface Factors {
  /** √σ_i · u_i, one after the other, n numbers each. */
  readonly left: Float64Array;
  /** √σ_i · v_i. */
  readonly right: Float64Array;
}

/**
 * Splits M = U Σ Vᵀ into its first `rank` pairs √σ·u, √σ·v: M ≈ Σ_i left_i right_iᵀ, exactly so for rank n.
 *
 * One-sided Jacobi (Hestenes): columns are rotated in pairs until all are orthogonal; only + − × ÷ √. About 25 n³ operations.
 *
 * Source: Demmel and Veselić, "Jacobi's method is more accurate than QR", 1992.
 *
 * @param matrix n × n, row-major.
 */
export function balancedFactors(matrix: Float64Array, n: number, rank: number): Factors {
  const columns = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_, i) => matrix[i * n + j]!));
  const basis = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const norms = Float64Array.from(columns, (column) => product(column, column));
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const angle = product(columns[p]!, columns[q]!);
        if (!(Math.abs(angle) > ORTHOGONAL * Math.sqrt(norms[p]! * norms[q]!))) continue;
        rotated = true;
        const zeta = (norms[q]! - norms[p]!) / (2 * angle);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        rotate(columns[p]!, columns[q]!, tangent);
        rotate(basis[p]!, basis[q]!, tangent);
        norms[p] = Math.max(0, norms[p]! - tangent * angle);
        norms[q] = norms[q]! + tangent * angle;
      }
    }
    if (!rotated) break;
  }
  const sigma = columns.map((column) => Math.sqrt(product(column, column)));
  const order = sigma.map((_, i) => i).sort((a, b) => sigma[b]! - sigma[a]! || a - b);
  const left = new Float64Array(rank * n);
  const right = new Float64Array(rank * n);
  order.slice(0, rank).forEach((from, i) => {
    const root = Math.sqrt(sigma[from]!);
    for (let k = 0; k < n; k++) {
      left[i * n + k] = root === 0 ? 0 : columns[from]![k]! / root;
      right[i * n + k] = root * basis[from]![k]!;
    }
  });
  return { left, right };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function rotate(a: Float64Array, b: Float64Array, tangent: number): void {
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}
