import { backend_util, type KernelFunc, type Tensor4D } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";
import { type ConvolutionAttributes, convolution } from "../convolution.js";
import { requireWholeWindows } from "../outputSize.js";

export interface PoolingAttributes extends ConvolutionAttributes {
  readonly filterSize: [number, number] | number;
}

/** Everything about a pooling of `[B, H, W, C]`; `kernel` names it in errors. */
export function pooling(kernel: string, { shape }: Tensor4D, attributes: PoolingAttributes): backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  requireWholeWindows(kernel, info);
  return info;
}

/**
 * A forward convolution that throws where the backend's own would write past its output: XNNPACK derives the output's size
 * itself and is not told the one that TensorFlow.js allocated.
 */
export function checkedConvolution(kernel: string, depthwise: boolean): (original: KernelFunc) => KernelFunc {
  return (original) => (args: KernelArguments) => {
    const { x, filter } = tensorsOf<"x" | "filter">(args) as { x: Tensor4D; filter: Tensor4D };
    convolution(kernel, x.shape, filter.shape, attributesOf<ConvolutionAttributes>(args), depthwise);
    return original(args);
  };
}

/** The same for a pooling. */
export function checkedPooling(kernel: string): (original: KernelFunc) => KernelFunc {
  return (original) => (args: KernelArguments) => {
    pooling(kernel, tensorsOf<"x">(args).x as Tensor4D, attributesOf<PoolingAttributes>(args));
    return original(args);
  };
}
