/** Products of row-major matrices. */

/** Sums of float32 numbers that should be 0 stay below. */
const ROUNDING = 1e-6;

/** `rows × inner` (or its transpose, `inner × rows`, on the left) times `inner × columns` (or its transpose on the right). */
export function product(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  [rows, inner, columns]: readonly [number, number, number],
  form: "W V" | "WᵀV" | "W Vᵀ",
): number[] {
  const leftAt = (i: number, k: number) => left[form === "WᵀV" ? k * rows + i : i * inner + k]!;
  const rightAt = (k: number, j: number) => right[form === "W Vᵀ" ? j * inner + k : k * columns + j]!;
  return Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += leftAt(i, k) * rightAt(k, j);
    return Math.abs(sum) < ROUNDING ? 0 : sum;
  });
}
