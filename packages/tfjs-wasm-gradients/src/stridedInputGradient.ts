/** The gradient of a strided convolution's input by our own kernel, where it serves the case. */
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressesOf, withWork } from "./address.js";
import type { WasmBackend } from "./backend.js";
import type { NativeKernels } from "./native/exports.js";
import { nativeKernels } from "./native/nativeKernels.js";

/** The kernels, if they serve this convolution and are faster than XNNPACK, which they are for strides. */
export function stridedKernels(backend: object, info: backend_util.Conv2DInfo): NativeKernels | undefined {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, inChannels, outChannels, outWidth, padInfo } = info;
  const strided = strideHeight > 1 || strideWidth > 1;
  const dilated = dilationHeight > 1 || dilationWidth > 1;
  const channels = inChannels % 4 === 0 && outChannels % 4 === 0;
  if (!strided || dilated || !channels || outWidth < 4 || padInfo.top < 0 || padInfo.left < 0) return undefined;
  return nativeKernels(backend);
}

/** `dx`, of x's shape. */
export function stridedInputGradient(
  native: NativeKernels,
  backend: WasmBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const dx = backend.makeOutput(info.inShape, "float32");
  const rows = (outHeight - 1) * strideHeight + filterHeight;
  const columns = (outWidth - 1) * strideWidth + filterWidth;
  const wide = 8 * Math.ceil((filterWidth * inChannels) / 8);
  const values = filterHeight * outChannels * wide + outWidth * wide + rows * columns * inChannels;
  withWork(backend, 4 * values, (work) => {
    const [to, from, kernel] = addressesOf(backend, dx, dy, filter);
    native.stridedInputGradient(to, from, outHeight, outWidth, outChannels, kernel, batchSize, inHeight, inWidth, inChannels, padInfo.top, padInfo.left, filterHeight, filterWidth, strideHeight, strideWidth, work); // biome-ignore format: sizes
  });
  return dx;
}
