/** Gradients that can be computed in several ways: equal values, different speed. */
export interface Forms {
  /**
   * Gradient by a convolution's weights.
   * `columns`: patches by a convolution with one-hot kernels, then one matrix product per sample, summed.
   * `convolution`: batch and channels swapped, the input convolved with the gradient.
   * `auto`: the faster one for the shape.
   */
  readonly convWeights: "auto" | "columns" | "convolution";
  /**
   * Gradient by a convolution's input.
   * `flipped`: a convolution with the turned kernel, for stride 1. `transposed`: ConvTranspose. `auto`: flipped where possible.
   */
  readonly convInput: "auto" | "flipped" | "transposed";
}

export const defaultForms: Forms = { convWeights: "auto", convInput: "auto" };
