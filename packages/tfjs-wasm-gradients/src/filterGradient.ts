/** The gradient of a convolution's kernel of any size, stride and padding by our own kernel. */
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressesOf, withWork } from "./address.js";
import type { WasmBackend } from "./backend.js";
import type { NativeKernels } from "./native/exports.js";
import { nativeKernels } from "./native/nativeKernels.js";

/** The kernels, if they serve this convolution: TensorFlow.js itself has no gradient of a dilated one. */
export function filterGradientKernels(backend: object, info: backend_util.Conv2DInfo): NativeKernels | undefined {
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  return nativeKernels(backend);
}

/** Rows of x and dy that stay in a core's cache, in bytes. */
const blockBytes = 2 ** 17;

/** `dW`, of shape `[kh, kw, C, O]`. */
export function filterGradient(
  native: NativeKernels,
  backend: WasmBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const dw = backend.makeOutput(info.filterShape, "float32");
  const out = 8 * Math.ceil(outChannels / 8);
  const columns = (outWidth - 1) * strideWidth + filterWidth;
  const sums = 4 * filterHeight * 4 * Math.ceil((filterWidth * inChannels) / 4) * out;
  const row = 4 * filterHeight * columns * inChannels + 4 * outWidth * out;
  const most = Math.max(1, Math.min(Math.floor(blockBytes / row), batchSize * outHeight));
  withWork(backend, sums + most * row + 16, (work) => {
    const [to, gradient, image] = addressesOf(backend, dw, dy, x);
    native.kernelGradient(to, gradient, outHeight, outWidth, outChannels, image, batchSize, inHeight, inWidth, inChannels, padInfo.top, padInfo.left, filterHeight, filterWidth, strideHeight, strideWidth, most, work); // biome-ignore format: sizes
  });
  return dw;
}
