import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";

/** The passes over a whole image that batch norm makes; everything between them has one value a channel. */
export interface Passes {
  /** Mean and population variance. */
  statistics(x: Tensor): { readonly mean: Tensor1D; readonly variance: Tensor1D };
  /** `factor * (x - mean) + shift`. */
  normalize(x: Tensor, mean: Tensor1D, factor: Tensor1D, shift: Tensor1D): Tensor;
  /** `factor * dy + slope * (x - mean) + constant`, all three of them from `total = sum dy` and `along = sum dy * (x - mean)`. */
  inputGradient(dy: Tensor, x: Tensor, mean: Tensor1D, combine: (sums: Sums) => Combination): Tensor;
}

export interface Sums {
  readonly total: Tensor1D;
  readonly along: Tensor1D;
}

export interface Combination {
  readonly factor: Tensor1D;
  readonly slope: Tensor1D;
  readonly constant: Tensor1D;
}
