/** Sizes of a 2-D convolution, and the padding arithmetic that its gradients share. */
import { backend_util, pad, reshape, slice, type Tensor4D } from "@tensorflow/tfjs-core";
import { requireNhwc } from "./backend.js";
import { requireWholeWindows } from "./outputSize.js";

export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  /** `null` from layers that were not given any. */
  readonly dilations?: [number, number] | number | null;
}

export type Shape4D = [number, number, number, number];

/**
 * Everything about a convolution of `[B, H, W, C]` with a kernel `[kh, kw, C, out or multiplier]`; `kernel` names it in errors.
 *
 * @throws WasmGradientsError for another layout than NHWC, and where {@link requireWholeWindows} does.
 */
export function convolution(
  kernel: string,
  inputShape: Shape4D,
  filterShape: Shape4D,
  attributes: ConvolutionAttributes,
  depthwise = false,
): backend_util.Conv2DInfo {
  const { strides, dilations, pad, dataFormat, dimRoundingMode } = attributes;
  requireNhwc(kernel, dataFormat);
  const info = backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  requireWholeWindows(kernel, info);
  return info;
}

/** Rows and columns to add before and after; a negative number takes away. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Crops where a margin is negative; the margins that are left are convolution padding. */
export function crop(x: Tensor4D, { top, bottom, left, right }: Margins): { cropped: Tensor4D; padding: ExplicitPad } {
  const cut = (margin: number) => Math.max(-margin, 0);
  const add = (margin: number) => Math.max(margin, 0);
  const padding: ExplicitPad = [
    [0, 0],
    [add(top), add(bottom)],
    [add(left), add(right)],
    [0, 0],
  ];
  if (Math.min(top, bottom, left, right) >= 0) return { cropped: x, padding };
  const [batch, height, width, channels] = x.shape;
  const size: Shape4D = [batch, height - cut(top) - cut(bottom), width - cut(left) - cut(right), channels];
  return { cropped: slice(x, [0, cut(top), cut(left), 0], size), padding };
}

export type ExplicitPad = [[0, 0], [number, number], [number, number], [0, 0]];

/** `[B, H, W, C] -> [B, H * strideHeight, W * strideWidth, C]`: zeros after every row and column. */
export function spread(x: Tensor4D, strideHeight: number, strideWidth: number): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const rows = pad(reshape(x, [batch * height, 1, width, channels]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, 0],
  ]);
  const columns = pad(reshape(rows, [batch * height * strideHeight, width, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  return reshape(columns, [batch, height * strideHeight, width * strideWidth, channels]);
}
