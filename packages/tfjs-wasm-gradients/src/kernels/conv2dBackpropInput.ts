import {
  conv2d,
  type KernelFunc,
  pad,
  reshape,
  reverse,
  slice,
  type Tensor4D,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type ConvolutionAttributes, convolution, crop, type Shape4D } from "../convolution.js";
import { stridedInputGradient, stridedKernels } from "../stridedInputGradient.js";
import { winogradInputGradient, winogradKernels } from "../winograd.js";

/**
 * Gradient of a convolution with respect to its input, as one forward convolution.
 *
 * Along one axis, pixel `j = stride * q + r` of dx is `sum over d of dy[q + d] * w[r + pad - stride * d]`. So the `stride²`
 * phases of dx are the channels of a small convolution over dy, which a transposition weaves together. With stride 1 this is
 * the convolution with the flipped kernel. About ten times the speed of the kernel it replaces, which still serves NCHW.
 */
export function conv2dBackpropInput(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { dy, filter } = tensorsOf<"dy" | "filter">(args) as { dy: Tensor4D; filter: Tensor4D };
    const attributes = attributesOf<ConvolutionAttributes & { inputShape: Shape4D }>(args);
    if (attributes.dataFormat === "NCHW") return original(args);
    const info = convolution("Conv2DBackpropInput", attributes.inputShape, filter.shape, attributes);
    const native = winogradKernels(args.backend, info);
    if (native) return winogradInputGradient(native, args.backend as WasmBackend, dy, filter, info);
    const strided = stridedKernels(args.backend, info);
    if (strided) return stridedInputGradient(strided, args.backend as WasmBackend, dy, filter, info);
    const { inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
    const rows = phases(info.filterHeight, strideHeight, padInfo.top, inHeight, outHeight);
    const columns = phases(info.filterWidth, strideWidth, padInfo.left, inWidth, outWidth);
    return tidy(() => {
      const margins = { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after };
      const { cropped, padding } = crop(dy, margins);
      const woven = conv2d(cropped, phaseKernel(filter, rows, columns), 1, padding);
      const whole = weave(woven, strideHeight, strideWidth, inChannels);
      if (whole.shape[1] === inHeight && whole.shape[2] === inWidth) return whole;
      return slice(whole, [0, 0, 0, 0], [-1, inHeight, inWidth, -1]);
    });
  };
}

interface Phases {
  readonly stride: number;
  /** Offsets d that some phase uses. */
  readonly taps: number;
  /** Zeros to put around the kernel's axis, so that it splits into `taps` runs of `stride`. */
  readonly kernelBefore: number;
  readonly kernelAfter: number;
  /** Margins of dy. */
  readonly before: number;
  readonly after: number;
}

function phases(kernel: number, stride: number, padding: number, input: number, output: number): Phases {
  const first = Math.ceil((padding - kernel + 1) / stride);
  const last = Math.floor((padding + stride - 1) / stride);
  return {
    stride,
    taps: last - first + 1,
    kernelBefore: stride * last - padding,
    kernelAfter: padding - stride * first + stride - kernel,
    before: -first,
    after: Math.ceil(input / stride) + last - output,
  };
}

/** `[kh, kw, C, O] -> [taps, taps, O, stride * stride * C]`. */
function phaseKernel(filter: Tensor4D, rows: Phases, columns: Phases): Tensor4D {
  const [, , inChannels, outChannels] = filter.shape;
  const padded = pad(filter, [
    [rows.kernelBefore, rows.kernelAfter],
    [columns.kernelBefore, columns.kernelAfter],
    [0, 0],
    [0, 0],
  ]);
  const split = reshape(padded, [rows.taps, rows.stride, columns.taps, columns.stride, inChannels, outChannels]);
  const flipped = reverse(split, [0, 2]);
  const phaseLast = transpose(flipped, [0, 2, 5, 1, 3, 4]);
  return reshape(phaseLast, [rows.taps, columns.taps, outChannels, rows.stride * columns.stride * inChannels]);
}

/** `[B, H, W, sh * sw * C] -> [B, H * sh, W * sw, C]`, which for `sh = sw` is depth-to-space. */
function weave(x: Tensor4D, strideHeight: number, strideWidth: number, channels: number): Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [batch, height, width] = x.shape;
  const rows = transpose(reshape(x, [batch * height, width, strideHeight, strideWidth * channels]), [0, 2, 1, 3]);
  return reshape(rows, [batch, height * strideHeight, width * strideWidth, channels]);
}
