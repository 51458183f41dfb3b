/** Pooling. */
import { c, of, p } from "./case.js";

export const poolingCases = [
  ...of(
    "MaxPool",
    c("2x2", [p(2, 2, 4, 4)], { kernel_shape: [2, 2], strides: [2, 2] }),
    c("overlapping, padded", [p(1, 2, 5, 5)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    c("one dimension", [p(1, 2, 6)], { kernel_shape: [3], strides: [1] }),
    c("three dimensions", [p(1, 2, 4, 3, 3)], { kernel_shape: [2, 2, 2], strides: [2, 1, 1] }),
    c("dilated", [p(1, 1, 6, 6)], { kernel_shape: [2, 2], dilations: [2, 2] }),
    c("ceil mode", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    c("auto_pad", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  ),
  ...of(
    "AveragePool",
    c("2x2", [p(2, 2, 4, 4)], { kernel_shape: [2, 2], strides: [2, 2] }),
    c("padding left out", [p(1, 2, 5, 5)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    c("padding counted", [p(1, 2, 5, 5)], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    c("ceil mode", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    c("one dimension", [p(1, 2, 7)], { kernel_shape: [3], strides: [2] }),
    c("three dimensions", [p(1, 2, 4, 3, 3)], { kernel_shape: [2, 2, 2], strides: [2, 1, 1] }),
    c("auto_pad", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2], auto_pad: "SAME_LOWER" }),
    c("input not covered", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2] }),
  ),
  ...of("GlobalAveragePool", c("3x4", [p(2, 2, 3, 4)])),
  ...of("GlobalMaxPool", c("3x4", [p(2, 2, 3, 4)]), c("one dimension", [p(2, 2, 5)])),
  ...of(
    "LpPool",
    c("order 2", [p(1, 2, 4, 4)], { kernel_shape: [2, 2], strides: [2, 2] }, { opset: 18 }),
    c("order 3, padded", [p(1, 1, 4, 4)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], p: 3 }, { opset: 18 }),
  ),
  ...of("GlobalLpPool", c("order 2", [p(2, 2, 3, 2)]), c("order 1", [p(2, 2, 3)], { p: 1 })),
];
