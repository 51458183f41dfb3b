import type { KernelFunc, Tensor4D } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";
import { type ConvolutionAttributes, convolution } from "../convolution.js";
import { type PoolingAttributes, pooling } from "../pooling.js";

/**
 * A depthwise convolution that throws where the backend's own would write past its output: XNNPACK derives the output's size
 * itself and is not told the one that TensorFlow.js allocated.
 */
export function checkedDepthwise(kernel: string): (original: KernelFunc) => KernelFunc {
  return (original) => (args: KernelArguments) => {
    const { x, filter } = tensorsOf<"x" | "filter">(args) as { x: Tensor4D; filter: Tensor4D };
    convolution(kernel, x.shape, filter.shape, attributesOf<ConvolutionAttributes>(args), true);
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
