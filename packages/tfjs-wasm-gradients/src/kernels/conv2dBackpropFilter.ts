import {
  conv2d,
  matMul,
  reshape,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type ConvolutionAttributes, convolution, crop, type Shape4D } from "../convolution.js";
import { filterGradient, filterGradientKernels } from "../filterGradient.js";
import { winogradFilterGradient, winogradKernels } from "../winograd.js";

/**
 * Gradient of a convolution with respect to its kernel: `dW[u, v, c, o] = sum over b, i, j of
 * x[b, i * stride + u - pad, j * stride + v - pad, c] * dy[b, i, j, o]`.
 *
 * That sum is itself a convolution: channels play the batch, the batch plays the channels, and dy is a kernel as large as
 * its image, dilated by the stride. XNNPACK runs it as one indirect matrix product, without an im2col copy.
 */
export function conv2dBackpropFilter(args: KernelArguments): TensorInfo {
  const { x, dy } = tensorsOf<"x" | "dy">(args) as { x: Tensor4D; dy: Tensor4D };
  const attributes = attributesOf<ConvolutionAttributes & { filterShape: Shape4D }>(args);
  const info = convolution("Conv2DBackpropFilter", x.shape, attributes.filterShape, attributes);
  const { strideHeight, strideWidth, filterHeight, filterWidth, outHeight, outWidth, padInfo } = info;
  const native = winogradKernels(args.backend, info);
  if (native) return winogradFilterGradient(native, args.backend as WasmBackend, x, dy, info);
  if (isPointwise(info)) return pointwise(x, dy, attributes.filterShape);
  const strided = filterGradientKernels(args.backend, info);
  if (strided) return filterGradient(strided, args.backend as WasmBackend, x, dy, info);
  return tidy(() => {
    const margins = {
      top: padInfo.top,
      bottom: strideHeight * (outHeight - 1) + filterHeight - info.inHeight - padInfo.top,
      left: padInfo.left,
      right: strideWidth * (outWidth - 1) + filterWidth - info.inWidth - padInfo.left,
    };
    const { cropped, padding } = crop(x, margins);
    const images = channelsAsBatch(cropped);
    const kernel = transpose(dy, [1, 2, 0, 3]);
    const product = conv2d(images, kernel, 1, padding, "NHWC", [strideHeight, strideWidth]);
    return transpose(product, [1, 2, 0, 3]);
  });
}

/**
 * `[B, H, W, C] -> [C, H, W, B]`, by way of `[H, W, C, B]`: the backend moves whole runs in both steps, which is several
 * times as fast as its transposition of all four axes at once.
 */
function channelsAsBatch(x: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const batchLast = transpose(reshape(x, [batch, height, width * channels]), [1, 2, 0]);
  const channelsFirst = transpose(reshape(batchLast, [height * width, channels, batch]), [1, 0, 2]);
  return reshape(channelsFirst, [channels, height, width, batch]);
}

function isPointwise(info: ReturnType<typeof convolution>): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const sides = [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right];
  return [filterHeight, filterWidth, strideHeight, strideWidth].every((n) => n === 1) && sides.every((n) => n === 0);
}

/** A 1×1 convolution is a dense layer over all pixels: `dW = xᵀ dy`. */
function pointwise(x: Tensor4D, dy: Tensor4D, filterShape: Shape4D): Tensor {
  const [, , inChannels, outChannels] = filterShape;
  return tidy(() => reshape(matMul(reshape(x, [-1, inChannels]), reshape(dy, [-1, outChannels]), true), filterShape));
}
