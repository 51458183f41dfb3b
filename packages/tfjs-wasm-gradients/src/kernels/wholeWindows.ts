import type { KernelFunc, Tensor4D } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";
import { type ConvolutionAttributes, convolution } from "../convolution.js";
import { WasmGradientsError } from "../errors.js";
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

/** Channels whose sums XNNPACK can hold on the stack of the backend's module, 64 kB, when it averages more than nine values. */
export const mostAveraged = 12_288;

/** The same for a pooling of at most `most` channels in windows of more than nine values; beyond, the stack would overflow. */
export function checkedPooling(kernel: string, most = Infinity): (original: KernelFunc) => KernelFunc {
  return (original) => (args: KernelArguments) => {
    const attributes = attributesOf<PoolingAttributes>(args);
    const { filterHeight, filterWidth, inChannels } = pooling(kernel, tensorsOf<"x">(args).x as Tensor4D, attributes);
    if (inChannels > most && filterHeight * filterWidth > 9) {
      throw new WasmGradientsError(
        `${kernel}: the wasm backend's stack has room for ${most} channels in windows of more than nine values, got ${inChannels}`,
      );
    }
    return original(args);
  };
}
