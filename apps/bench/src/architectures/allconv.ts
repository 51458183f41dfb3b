/** The all-convolutional network. */
import type { Architecture, InputSpec } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { validate } from "./validate.js";

export interface AllconvOptions {
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Channels of the first three convs; the later ones have twice as many. Default 96. */
  readonly width?: number;
}

/**
 * AllConv (Springenberg et al. 2015; P25 Table 9): seven 3×3 and two 1×1 convs, ReLU after each but the last,
 * strides 2 at the third and the sixth, global average. No norm, no shortcut, no dense layer.
 *
 * @throws IdinitError when a number is out of range.
 */
export function allconv(options: AllconvOptions): Architecture {
  const { classes, input, width = 96 } = options;
  const wide = 2 * width;
  const convs: readonly (readonly [out: number, kernel: number, stride: number])[] = [
    [width, 3, 1],
    [width, 3, 1],
    [width, 3, 2],
    [wide, 3, 1],
    [wide, 3, 1],
    [wide, 3, 2],
    [wide, 3, 1],
    [wide, 1, 1],
    [classes, 1, 1],
  ];
  const builder = layerBuilder();
  convs.forEach(([out, kernel, stride], index) => {
    const padding = (kernel - 1) / 2;
    builder.add(`conv${index + 1}`, { op: "conv", out, kernel, stride, padding, groups: 1, bias: true });
    if (index < convs.length - 1) builder.add(`relu${index + 1}`, { op: "activation", kind: "relu" });
  });
  const output = builder.add("pool", { op: "globalAveragePool" });
  const architecture: Architecture = {
    name: width === 96 ? "allconv" : `allconv-w${width}`,
    input,
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
