/**
 * Max pooling of volumes as two poolings of images: first height and width, then depth. The wasm backend's own kernels start
 * from the smallest positive number, and so lose windows without a positive value; the values of windows are exact here.
 */
import {
  backend_util,
  engine,
  maxPool,
  pad,
  reshape,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tidy,
} from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";
import { crop, type Margins, type Shape4D } from "../convolution.js";

interface Attributes {
  readonly filterSize: [number, number, number] | number;
  readonly strides: [number, number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** One of the two poolings: how the values look to it, and its window. */
interface Pass {
  readonly shape: Shape4D;
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly margins: Margins;
}

export function maxPool3d(args: KernelArguments): Tensor {
  const x = tensorsOf<"x">(args).x as Tensor5D;
  const { outShape, planes, depths } = passes(x, attributesOf<Attributes>(args));
  return tidy(() => reshape(forward(forward(x, planes), depths), outShape));
}

/** Each dy goes to the first of the largest values in its window. The cpu backend does so for windows that are cubes. */
export function maxPool3dGrad(args: KernelArguments): Tensor {
  const { input, dy } = tensorsOf<"input" | "dy">(args) as { input: Tensor5D; dy: Tensor5D };
  const { planes, depths } = passes(input, attributesOf<Attributes>(args));
  return tidy(() => {
    const between = forward(input, planes);
    return reshape(backward(input, backward(between, dy, depths), planes), input.shape);
  });
}

function passes({ shape }: Tensor5D, attributes: Attributes) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const planes: Pass = {
    shape: [batchSize * inDepth, inHeight, inWidth, inChannels],
    filterSize: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    margins: padInfo,
  };
  const depths: Pass = {
    shape: [batchSize, inDepth, outHeight * outWidth, inChannels],
    filterSize: [info.filterDepth, 1],
    strides: [info.strideDepth, 1],
    margins: { top: padInfo.front, bottom: padInfo.back, left: 0, right: 0 },
  };
  return { outShape: info.outShape, planes, depths };
}

function forward(x: Tensor, { shape, filterSize, strides, margins }: Pass): Tensor {
  const { cropped, padding } = crop(reshape(x, shape) as Tensor4D, margins);
  return maxPool(cropped, filterSize, strides, padding);
}

function backward(x: Tensor, dy: Tensor, { shape, filterSize, strides, margins }: Pass): Tensor {
  const { cropped, padding } = crop(reshape(x, shape) as Tensor4D, margins);
  const output = maxPool(cropped, filterSize, strides, padding);
  const inputs = { dy: reshape(dy, output.shape), input: cropped, output };
  const dx = engine().runKernel("MaxPoolGrad", inputs, { filterSize, strides, pad: padding }) as Tensor4D;
  const cut = (margin: number) => Math.max(-margin, 0);
  const { top, bottom, left, right } = margins;
  return pad(dx, [
    [0, 0],
    [cut(top), cut(bottom)],
    [cut(left), cut(right)],
    [0, 0],
  ]);
}
