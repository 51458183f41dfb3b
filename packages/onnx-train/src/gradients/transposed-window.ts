/** The ConvTranspose that undoes a window. */
import type { ConvShape } from "./conv-shape.js";

/** Attributes with which ConvTranspose maps the window's output size back to exactly its input size. */
export function transposedWindow(
  shape: Pick<ConvShape, "kernel" | "strides" | "dilations" | "pads" | "input" | "output">,
): Record<string, readonly number[]> {
  const { kernel, strides, dilations, pads, input, output } = shape;
  const rank = kernel.length;
  const begin = pads.slice(0, rank);
  // What the windows cover, less the front padding, against the input: the rest is cut, or zeros are added.
  const surplus = kernel.map(
    (k, i) => (output[i]! - 1) * strides[i]! + (k - 1) * dilations[i]! + 1 - begin[i]! - input[i]!,
  );
  return {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...begin, ...surplus.map((s) => Math.max(s, 0))],
    output_padding: surplus.map((s) => Math.max(-s, 0)),
  };
}
