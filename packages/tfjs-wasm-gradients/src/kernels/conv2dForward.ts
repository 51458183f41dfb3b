import type { KernelFunc, Tensor4D } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type ConvolutionAttributes, convolution } from "../convolution.js";
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
      bias?: Tensor4D;
    };
    const attributes = attributesOf<ConvolutionAttributes & { activation?: string }>(args);
    const info = convolution(kernel, x.shape, filter.shape, attributes);
    const plain = !bias && (attributes.activation ?? "linear") === "linear";
    const native = plain ? winogradKernels(args.backend, info) : undefined;
    return native ? winogradForward(native, args.backend as WasmBackend, x, filter, info) : original(args);
  };
}
