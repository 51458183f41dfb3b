import type { Tensor4D, TensorInfo } from "@tensorflow/tfjs-core";
import { attributesOf, float32Views, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type ConvolutionAttributes, convolution, type Shape4D } from "../convolution.js";

/**
 * Gradient of a depthwise convolution with respect to its kernel: `dW[u, v, c, q] = sum over b, i, j of
 * x[b, i * stride + u * dilation - pad, ..., c] * dy[b, i, j, c * multiplier + q]`.
 *
 * A plain loop over the backend's memory: few products for each value read, so slicing x once a tap would cost more.
 */
export function depthwiseBackpropFilter(args: KernelArguments): TensorInfo {
  const { x, dy } = tensorsOf<"x" | "dy">(args) as { x: Tensor4D; dy: Tensor4D };
  const attributes = attributesOf<ConvolutionAttributes & { filterShape: Shape4D }>(args);
  const info = convolution("DepthwiseConv2dNativeBackpropFilter", x.shape, attributes.filterShape, attributes, true);
  const out = (args.backend as WasmBackend).makeOutput(attributes.filterShape, "float32");
  const [result, images, gradients] = float32Views(args.backend, [out, x, dy]) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const width = info.outChannels;
  const sums = new Float64Array(width);
  for (let u = 0; u < info.filterHeight; u++) {
    for (let v = 0; v < info.filterWidth; v++) {
      sums.fill(0);
      addTap(sums, images, gradients, info, u * info.dilationHeight, v * info.dilationWidth);
      result.set(sums, (u * info.filterWidth + v) * width);
    }
  }
  return out;
}

/** Adds the products of one kernel position, over the whole batch and image. */
function addTap(
  sums: Float64Array,
  images: Float32Array,
  gradients: Float32Array,
  info: ReturnType<typeof convolution>,
  offsetRow: number,
  offsetColumn: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const multiplier = outChannels / inChannels;
  for (let b = 0; b < batchSize; b++) {
    for (let i = 0; i < outHeight; i++) {
      const row = i * info.strideHeight + offsetRow - padInfo.top;
      if (row < 0 || row >= inHeight) continue;
      for (let j = 0; j < outWidth; j++) {
        const column = j * info.strideWidth + offsetColumn - padInfo.left;
        if (column < 0 || column >= inWidth) continue;
        const from = ((b * inHeight + row) * inWidth + column) * inChannels;
        let at = ((b * outHeight + i) * outWidth + j) * outChannels;
        let sum = 0;
        for (let c = 0; c < inChannels; c++) {
          const value = images[from + c]!;
          for (let q = 0; q < multiplier; q++) sums[sum++]! += value * gradients[at++]!;
        }
      }
    }
  }
}
