import type { KernelFunc, Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { addressOf } from "../address.js";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type ConvolutionAttributes, convolution } from "../convolution.js";
import { finishes } from "../finishes.js";
import { manyThreads } from "../native/threads.js";
import { winogradForward, winogradKernels } from "../winograd.js";

/**
 * A forward convolution: 3×3 of stride 1 by our own kernel, two to four times as fast as the backend's, which does the rest.
 *
 * It throws where the backend's would write past its output: XNNPACK derives the output's size itself and is not told the
 * one that TensorFlow.js allocated.
 */
export function conv2dForward(kernel: string): (original: KernelFunc) => KernelFunc {
  return (original) => (args: KernelArguments) => {
    const { x, filter, bias } = tensorsOf<"x" | "filter" | "bias">(args) as {
      x: Tensor4D;
      filter: Tensor4D;
      bias?: Tensor;
    };
    const attributes = attributesOf<ConvolutionAttributes & { activation?: string }>(args);
    const info = convolution(kernel, x.shape, filter.shape, attributes);
    const native = finishes(bias, info.outChannels, attributes.activation) && winogradKernels(args.backend, info);
    if (!native || manyThreads(args.backend)) return original(args);
    const backend = args.backend as WasmBackend;
    const y = winogradForward(native, backend, x, filter, info);
    if (bias) {
      const rows = info.batchSize * info.outHeight * info.outWidth;
      const rectify = attributes.activation === "relu";
      native.addBias(addressOf(backend, y), rows, info.outChannels, addressOf(backend, bias), rectify);
    }
    return y;
  };
}
