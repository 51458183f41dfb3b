/** Convolutions of 3×3 with stride 1 and both gradients by our own kernels, where these serve the case. */
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressesOf, withWork } from "./address.js";
import type { WasmBackend } from "./backend.js";
import type { NativeKernels } from "./native/exports.js";
import { nativeKernels } from "./native/nativeKernels.js";

/** Sizes of one correlation with 3×3 taps, whichever of x and dy plays the image. */
interface Sizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly out: number;
  readonly top: number;
  readonly left: number;
}

/** The kernels, if they serve this convolution and are faster than XNNPACK. */
export function winogradKernels(backend: object, info: backend_util.Conv2DInfo): NativeKernels | undefined {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const windows = filterHeight === 3 && filterWidth === 3 && info.dataFormat === "channelsLast";
  const steps = [strideHeight, strideWidth, dilationHeight, dilationWidth].every((n) => n === 1);
  const padding = [padInfo.top, padInfo.left].every((size) => size >= 0 && size <= 2);
  const channels = [info.inChannels, info.outChannels].every((n) => n % 4 === 0 && n >= 8);
  if (!windows || !steps || !padding || !channels || !fillsTiles(info)) return undefined;
  return nativeKernels(backend);
}

/** Tiles are 4×4 values; an image of which less than half of them is filled is left to XNNPACK. */
function fillsTiles({ batchSize, inHeight, inWidth, outHeight, outWidth }: backend_util.Conv2DInfo): boolean {
  const filled = (height: number, width: number) =>
    height * width > 0 && 16 * fours(height) * fours(width) <= 2 * height * width;
  return batchSize > 0 && filled(inHeight, inWidth) && filled(outHeight, outWidth);
}

/** `y = x * filter`. */
export function winogradForward(
  native: NativeKernels,
  backend: WasmBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const y = backend.makeOutput(info.outShape, "float32");
  correlate(native, backend, y, x, filter, sizesOf(info), false);
  return y;
}

/** `dx`: dy, padded by what the padding of x leaves of the kernel, with the flipped kernel. */
export function winogradInputGradient(
  native: NativeKernels,
  backend: WasmBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { batch, height, width, channels, outHeight, outWidth, out, top, left } = sizesOf(info);
  const dx = backend.makeOutput(info.inShape, "float32");
  const mirrored: Sizes = {
    batch,
    height: outHeight,
    width: outWidth,
    channels: out,
    outHeight: height,
    outWidth: width,
    out: channels,
    top: 2 - top,
    left: 2 - left,
  };
  correlate(native, backend, dx, dy, filter, mirrored, true);
  return dx;
}

/** `dW`, of shape `[3, 3, C, O]`. */
export function winogradFilterGradient(
  native: NativeKernels,
  backend: WasmBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const sizes = sizesOf(info);
  const { batch, height, width, channels, outHeight, outWidth, out, top, left } = sizes;
  const dw = backend.makeOutput(info.filterShape, "float32");
  const most = tilesAtATime(sizes);
  const across = 4 * fours(outWidth);
  const strips = 24 * (across + 2) * channels + 16 * across * out;
  const sums = 36 * 4 * channels * eights(out);
  withWork(backend, 576 + strips + matrices(most, sizes) + sums, (work) => {
    const [to, gradient, image] = addressesOf(backend, dw, dy, x);
    native.winogradKernelGradient(to, gradient, outHeight, outWidth, out, image, batch, height, width, channels, top, left, most, work); // biome-ignore format: sizes
  });
  return dw;
}

function correlate(
  native: NativeKernels,
  backend: WasmBackend,
  y: TensorInfo,
  x: TensorInfo,
  filter: TensorInfo,
  sizes: Sizes,
  flipped: boolean,
): void {
  const { batch, height, width, channels, outHeight, outWidth, out, top, left } = sizes;
  const most = tilesAtATime(sizes);
  const kernelBytes = 36 * 4 * channels * eights(out);
  const strips = 24 * (4 * fours(outWidth) + 2) * channels + 64 * out;
  withWork(backend, kernelBytes + Math.max(864, 576 + strips + matrices(most, sizes)), (u) => {
    const work = u + kernelBytes;
    const [to, image, kernel] = addressesOf(backend, y, x, filter);
    const [rows, columns] = flipped ? [out, channels] : [channels, out];
    native.winogradKernel(u, kernel, rows, columns, flipped, work);
    native.winograd(to, outHeight, outWidth, out, image, batch, height, width, channels, top, left, u, most, work);
  });
}

function sizesOf({ padInfo, ...info }: backend_util.Conv2DInfo): Sizes {
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    out: info.outChannels,
    top: padInfo.top,
    left: padInfo.left,
  };
}

/** Transformed values that stay in a core's cache, in bytes. */
const blockBytes = 2 ** 18;

/** Whole rows of tiles, a multiple of 4 in all. */
function tilesAtATime({ outWidth, channels, out }: Sizes): number {
  const row = fours(outWidth);
  const rows = Math.max(1, Math.floor(blockBytes / (36 * 4 * (channels + out)) / row));
  return 4 * fours(rows * row);
}

function matrices(tiles: number, { channels, out }: Sizes): number {
  return 36 * (4 * tiles * (channels + eights(out)) + 128);
}

const fours = (n: number) => Math.ceil(n / 4);
const eights = (n: number) => 8 * Math.ceil(n / 8);
