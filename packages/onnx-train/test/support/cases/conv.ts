/** Convolutions. */
import type { OperatorCase } from "../operator-model.js";
import { c, of, p } from "./case.js";

const convForms: [string, OperatorCase["forms"]][] = [
  ["auto", {}],
  ["columns, transposed", { convWeights: "columns", convInput: "transposed" }],
  ["convolution, flipped", { convWeights: "convolution", convInput: "flipped" }],
];
const byForms = convForms.flatMap(([name, forms]) =>
  of(
    "Conv",
    c(`3x3 with bias, ${name}`, [p(2, 2, 4, 4), p(3, 2, 3, 3), p(3)], { pads: [1, 1, 1, 1] }, { forms }),
    c(`strided, ${name}`, [p(2, 2, 6, 5), p(2, 2, 3, 2)], { strides: [2, 2], pads: [1, 0, 0, 1] }, { forms }),
    c(`dilated, ${name}`, [p(1, 2, 6, 6), p(2, 2, 2, 3)], { dilations: [2, 2] }, { forms }),
    c(
      `strided, dilated, rest uncovered, ${name}`,
      [p(1, 1, 8, 8), p(2, 1, 2, 2)],
      { strides: [3, 3], dilations: [2, 2] },
      { forms },
    ),
    c(`groups, ${name}`, [p(2, 4, 3, 3), p(6, 2, 2, 2)], { group: 2 }, { forms }),
    c(`depthwise, ${name}`, [p(2, 3, 4, 4), p(3, 1, 3, 3)], { group: 3, pads: [1, 1, 1, 1] }, { forms }),
    c(`more weights than values, ${name}`, [p(2, 4, 2, 2), p(6, 4, 2, 2)], undefined, { forms }),
    c(`1x1, ${name}`, [p(2, 3, 2, 2), p(4, 3, 1, 1)], undefined, { forms }),
    c(`1x1 strided, ${name}`, [p(2, 3, 4, 4), p(2, 3, 1, 1)], { strides: [2, 2] }, { forms }),
    c(`one dimension, ${name}`, [p(2, 3, 6), p(2, 3, 3)], { strides: [2], pads: [1, 1] }, { forms }),
    c(`pads beyond the kernel, ${name}`, [p(1, 1, 3, 3), p(1, 1, 1, 1)], { pads: [1, 1, 1, 1] }, { forms }),
    c(`auto_pad, ${name}`, [p(1, 2, 4, 5), p(2, 2, 2, 2)], { auto_pad: "SAME_UPPER", strides: [2, 2] }, { forms }),
  ),
);

const kernels = [
  c("three dimensions, padded", [p(1, 2, 3, 4, 3), p(2, 2, 2, 2, 2), p(2)], { pads: [1, 0, 1, 0, 1, 1] }),
  c("three dimensions, strided, dilated", [p(1, 2, 5, 5, 4), p(2, 2, 2, 2, 2)], {
    strides: [2, 1, 2],
    dilations: [1, 2, 1],
  }),
  c("three dimensions, groups", [p(1, 4, 3, 3, 3), p(4, 2, 2, 2, 2)], { group: 2 }),
  c("three dimensions, depthwise", [p(1, 2, 3, 3, 3), p(4, 1, 2, 2, 2)], { group: 2 }),
  c("one dimension, dilated, groups", [p(2, 4, 8), p(4, 2, 3)], { dilations: [2], group: 2, pads: [2, 2] }),
  c("one dimension, causal", [p(1, 2, 6), p(3, 2, 3)], { pads: [2, 0] }),
  c("depthwise with multiplier", [p(1, 2, 5, 5), p(6, 1, 3, 3), p(6)], {
    group: 2,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  c("depthwise, dilated", [p(1, 2, 6, 6), p(2, 1, 3, 3)], { group: 2, dilations: [2, 2] }),
  c("SAME_LOWER", [p(1, 1, 5, 6), p(2, 1, 2, 4)], { auto_pad: "SAME_LOWER", strides: [2, 2] }),
  c("VALID", [p(1, 1, 5, 6), p(2, 1, 2, 3)], { auto_pad: "VALID", strides: [2, 2] }),
];

const transposed = [
  c("2x2, stride 2, bias", [p(2, 2, 3, 3), p(2, 3, 2, 2), p(3)], { strides: [2, 2] }),
  c("3x3, stride 1, pads", [p(1, 2, 4, 4), p(2, 2, 3, 3)], { pads: [1, 1, 1, 1] }),
  c("3x3, stride 2, output padding", [p(1, 2, 3, 4), p(2, 2, 3, 3)], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  }),
  c("uneven pads", [p(1, 1, 4, 4), p(1, 2, 3, 3)], { strides: [2, 1], pads: [0, 1, 1, 0] }),
  c("dilated", [p(1, 2, 3, 3), p(2, 1, 2, 3)], { dilations: [2, 2] }),
  c("groups", [p(1, 4, 3, 3), p(4, 2, 2, 2), p(4)], { group: 2, strides: [2, 2] }),
  c("depthwise", [p(1, 3, 3, 3), p(3, 1, 3, 3)], { group: 3, strides: [2, 2] }),
  c("one dimension", [p(2, 2, 5), p(2, 3, 4), p(3)], { strides: [3], pads: [1, 0] }),
  c("three dimensions", [p(1, 2, 2, 3, 2), p(2, 2, 2, 2, 2)], { strides: [2, 1, 2] }),
  c("output_shape", [p(1, 1, 3, 3), p(1, 2, 3, 3)], { strides: [2, 2], output_shape: [6, 7] }),
  c("SAME_UPPER", [p(1, 1, 3, 3), p(1, 2, 3, 3)], { strides: [2, 2], auto_pad: "SAME_UPPER" }),
  c("SAME_LOWER", [p(1, 1, 3, 3), p(1, 2, 3, 3)], { strides: [2, 2], auto_pad: "SAME_LOWER" }),
];

export const convCases = [...byForms, ...of("Conv", ...kernels), ...of("ConvTranspose", ...transposed)];
