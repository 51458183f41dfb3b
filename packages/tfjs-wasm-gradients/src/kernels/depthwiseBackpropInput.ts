import { depthwiseConv2d, reshape, reverse, sum, type Tensor, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";
import { type ConvolutionAttributes, convolution, crop, type Shape4D, spread } from "../convolution.js";

/**
 * Gradient of a depthwise convolution with respect to its input: dy, spread by the stride, convolved with the flipped
 * kernel of each output channel, then summed over the channels that one input channel feeds.
 */
export function depthwiseBackpropInput(args: KernelArguments): Tensor {
  const { dy, filter } = tensorsOf<"dy" | "filter">(args) as { dy: Tensor4D; filter: Tensor4D };
  const attributes = attributesOf<ConvolutionAttributes & { inputShape: Shape4D }>(args);
  const info = convolution("DepthwiseConv2dNativeBackpropInput", attributes.inputShape, filter.shape, attributes, true);
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo } = info;
  const multiplier = filter.shape[3];
  return tidy(() => {
    const top = effectiveFilterHeight - 1 - padInfo.top;
    const left = effectiveFilterWidth - 1 - padInfo.left;
    const { cropped, padding } = crop(spread(dy, strideHeight, strideWidth), {
      top,
      bottom: info.inHeight - info.outHeight * strideHeight - top + effectiveFilterHeight - 1,
      left,
      right: info.inWidth - info.outWidth * strideWidth - left + effectiveFilterWidth - 1,
    });
    const kernel = reshape(reverse(filter, [0, 1]), [
      info.filterHeight,
      info.filterWidth,
      info.outChannels,
      1,
    ]) as Tensor4D;
    const dilations: [number, number] = [info.dilationHeight, info.dilationWidth];
    const each = depthwiseConv2d(cropped, kernel, 1, padding, "NHWC", dilations);
    if (multiplier === 1) return each;
    return sum(reshape(each, [...attributes.inputShape, multiplier]), -1);
  });
}
