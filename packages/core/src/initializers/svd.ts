/** Singular value decomposition, split evenly between its two sides. */
import { symmetricEigen } from "./symmetricEigen.js";

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
 * V are the eigenvectors of MᵀM, and each left side is M v / √σ with σ = |M v|: so the product is M as far as V is orthonormal, even where
 * squaring M costs the smallest σ half of their digits. About 12 n³ operations.
 *
 * @param matrix n × n, row-major.
 */
export function balancedFactors(matrix: Float64Array, n: number, rank: number): Factors {
  const { vectors } = symmetricEigen(gram(matrix, n), n);
  const images = new Float64Array(n * n);
  const sigma = Float64Array.from({ length: n }, (_, i) => {
    let squares = 0;
    for (let a = 0; a < n; a++) {
      let sum = 0;
      for (let b = 0; b < n; b++) sum += matrix[a * n + b]! * vectors[i * n + b]!;
      images[i * n + a] = sum;
      squares += sum * sum;
    }
    return Math.sqrt(squares);
  });
  const order = Array.from(sigma, (_, i) => i).sort((a, b) => sigma[b]! - sigma[a]! || a - b);
  const left = new Float64Array(rank * n);
  const right = new Float64Array(rank * n);
  order.slice(0, rank).forEach((from, i) => {
    const root = Math.sqrt(sigma[from]!);
    for (let k = 0; k < n; k++) {
      left[i * n + k] = root === 0 ? 0 : images[from * n + k]! / root;
      right[i * n + k] = root * vectors[from * n + k]!;
    }
  });
  return { left, right };
}

/** MᵀM, a row of M at a time. */
function gram(matrix: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < n; i++) {
      const factor = matrix[row * n + i]!;
      for (let j = 0; j < n; j++) product[i * n + j] = product[i * n + j]! + factor * matrix[row * n + j]!;
    }
  }
  return product;
}
