/** Gradients that can be computed in several ways: equal values, different speed. */
export interface Forms {
  /**
   * Gradient by a convolution's weights.
   * `crossed`: columns of the input for one kernel axis times columns of the gradient for the other; for stride 1 in 2-D.
   * `columns`: columns of the input for all taps, one matrix product per sample, summed.
   * `convolution`: batch and channels swapped, the input convolved with the gradient; without groups.
   * `auto`: crossed where possible, else columns: the order of their speed. In the blocked layout (`channelBlock`) a
   * convolution as well, where samples and filters fill blocks. A form that does not fit gives way to columns.
   */
  readonly convWeights: "auto" | "crossed" | "columns" | "convolution";
  /**
   * Gradient by a convolution's input.
   * `flipped`: a convolution with the turned kernel, for stride 1. `transposed`: ConvTranspose. `auto`: flipped where possible,
   * in the blocked layout in steps as well: what lies between two steps are further channels of one convolution.
   */
  readonly convInput: "auto" | "flipped" | "transposed";
}

export const defaultForms: Forms = { convWeights: "auto", convInput: "auto" };
