/** Sizes of a 2-D pooling. */
import { backend_util, type Tensor4D } from "@tensorflow/tfjs-core";
import type { ConvolutionAttributes } from "./convolution.js";
import { requireWholeWindows } from "./outputSize.js";

export interface PoolingAttributes extends ConvolutionAttributes {
  readonly filterSize: [number, number] | number;
}

/**
 * Everything about a pooling of `[B, H, W, C]`; `kernel` names it in errors.
 *
 * @throws WasmGradientsError where {@link requireWholeWindows} does.
 */
export function pooling(kernel: string, { shape }: Tensor4D, attributes: PoolingAttributes): backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  requireWholeWindows(kernel, info);
  return info;
}
