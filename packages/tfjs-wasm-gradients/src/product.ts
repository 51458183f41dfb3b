/** Products of matrices by our own kernel. */
import type { NativeKernels } from "./native/exports.js";

/** Sizes of `[m, k]` times `[k, n]`, and which of the two is stored transposed. */
export interface ProductSizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Bytes that {@link multiply} needs to work in. */
export function productWork({ k, n }: ProductSizes): number {
  const depth = Math.min(4 * Math.ceil(k / 4), 256);
  return 128 + 4 * depth * (32 + Math.min(8 * Math.ceil(n / 8), 256));
}

/** A matrix in memory; the values between its rows belong to others. */
export interface Stored {
  /** In bytes. */
  readonly address: number;
  /** From one row to the next, in values. */
  readonly row: number;
}

/** `c = a b`. */
export function multiply(
  native: NativeKernels,
  { m, k, n, transposeA, transposeB }: ProductSizes,
  c: Stored,
  a: Stored,
  b: Stored,
  work: number,
): void {
  native.product(
    c.address,
    4 * c.row,
    a.address,
    4 * a.row,
    transposeA,
    b.address,
    4 * b.row,
    transposeB,
    m,
    k,
    n,
    work,
  );
}
