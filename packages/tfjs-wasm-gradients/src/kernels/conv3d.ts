/**
 * Gradients of 3-D convolutions, one 2-D gradient for each position along the kernel's depth. TensorFlow.js's padding "same"
 * of a 3-D convolution is negative, that is it skips planes, where the stride is larger than the kernel.
 */
import {
  addN,
  backend_util,
  engine,
  pad,
  reshape,
  slice,
  stack,
  stridedSlice,
  type Tensor,
  type Tensor5D,
  tidy,
} from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";

type Shape5D = [number, number, number, number, number];

interface Conv3dAttributes {
  readonly strides: [number, number, number] | number;
  readonly pad: "valid" | "same";
}

/**
 * Gradient of a 3-D convolution with respect to its kernel: `dW[t, u, v, c, o] = sum over b, k, i, j of
 * x[b, k * stride + t - pad, ..., c] * dy[b, k, i, j, o]`, so for each t that of a 2-D convolution whose batch is (b, k).
 *
 * It replaces the wasm backend's kernel, whose values are wrong, for one with stride 2.
 */
export function conv3dBackpropFilter(args: KernelArguments): Tensor {
  const { x, dy } = tensorsOf<"x" | "dy">(args) as { x: Tensor5D; dy: Tensor5D };
  const { filterShape, ...attributes } = attributesOf<Conv3dAttributes & { filterShape: Shape5D }>(args);
  const info = backend_util.computeConv3DInfo(x.shape, filterShape, attributes.strides, 1, attributes.pad);
  const { batchSize, outDepth, strideDepth, padInfo } = info;
  return tidy(() => {
    const [before, skipped] = [Math.max(padInfo.front, 0), Math.max(-padInfo.front, 0)];
    const padded = pad(x, [
      [0, 0],
      [before, Math.max(padInfo.back, 0)],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const taps = Array.from({ length: info.filterDepth }, (_, t) => {
      const start = [0, skipped + t, 0, 0, 0];
      const end = [
        batchSize,
        skipped + t + (outDepth - 1) * strideDepth + 1,
        info.inHeight,
        info.inWidth,
        info.inChannels,
      ];
      const read = stridedSlice(padded, start, end, [1, strideDepth, 1, 1, 1]);
      return engine().runKernel(
        "Conv2DBackpropFilter",
        { x: images(read), dy: images(dy) },
        { ...planar(info), filterShape: filterShape.slice(1) },
      ) as Tensor;
    });
    return stack(taps);
  });
}

/**
 * Gradient of a 3-D convolution with respect to its input: the 2-D gradient of each position along the kernel's depth,
 * laid where that position read, and added up.
 *
 * It replaces the wasm backend's kernel, whose values are wrong even with stride 1.
 */
export function conv3dBackpropInput(args: KernelArguments): Tensor {
  const { dy, filter } = tensorsOf<"dy" | "filter">(args) as { dy: Tensor5D; filter: Tensor5D };
  const { inputShape, ...attributes } = attributesOf<Conv3dAttributes & { inputShape: Shape5D }>(args);
  const info = backend_util.computeConv3DInfo(inputShape, filter.shape, attributes.strides, 1, attributes.pad);
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, strideDepth, filterDepth, padInfo } = info;
  const plane = inHeight * inWidth * inChannels;
  // Planes that some position reads, or that belong to the padded input.
  const [before, skipped] = [Math.max(padInfo.front, 0), Math.max(-padInfo.front, 0)];
  const depth = Math.max(before + inDepth, skipped + outDepth * strideDepth + filterDepth - 1);
  return tidy(() => {
    const parts = Array.from({ length: filterDepth }, (_, t) => {
      const kernel = reshape(slice(filter, [t, 0, 0, 0, 0], [1, -1, -1, -1, -1]), filter.shape.slice(1));
      const each = engine().runKernel(
        "Conv2DBackpropInput",
        { dy: images(dy), filter: kernel },
        { ...planar(info), inputShape: [batchSize * outDepth, inHeight, inWidth, inChannels] },
      ) as Tensor;
      const spread = pad(reshape(each, [batchSize * outDepth, 1, plane]), [
        [0, 0],
        [0, strideDepth - 1],
        [0, 0],
      ]);
      const planes = reshape(spread, [batchSize, outDepth * strideDepth, plane]);
      return pad(planes, [
        [0, 0],
        [skipped + t, depth - skipped - t - outDepth * strideDepth],
        [0, 0],
      ]);
    });
    const inside = slice(addN(parts), [0, before, 0], [batchSize, inDepth, plane]);
    return reshape(inside, inputShape);
  });
}

/** `[B, D, H, W, C] -> [B * D, H, W, C]`. */
function images(x: Tensor): Tensor {
  const [batch, depth, ...rest] = x.shape as Shape5D;
  return reshape(x, [batch * depth, ...rest]);
}

/** What one plane of the convolution does. */
function planar({ strideHeight, strideWidth, padInfo }: backend_util.Conv3DInfo) {
  const { top, bottom, left, right } = padInfo;
  return {
    strides: [strideHeight, strideWidth],
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  };
}
