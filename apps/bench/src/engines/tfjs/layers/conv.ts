/** Convolutions, ordinary and depthwise; images are `[B, H, W, C]`. */
import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "../../../architectures/architecture.js";
import type { LayerContext, LayerRun } from "./layerRun.js";

type ConvLayer = Layer & { readonly op: "conv" };

export function conv(x: tf.Tensor, layer: ConvLayer, context: LayerContext): LayerRun {
  const weight = context.parameter("weight") as tf.Tensor4D;
  const bias = layer.bias ? context.parameter("bias") : undefined;
  const options = {
    x: x as tf.Tensor4D,
    filter: weight,
    strides: layer.stride,
    pad: layer.padding,
    ...(bias ? { bias } : {}),
  };
  const depthwise = layer.groups > 1;
  return {
    output: depthwise ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options),
    backward(dy, [wanted]) {
      const kernel = depthwise ? "DepthwiseConv2dNativeBackprop" : "Conv2DBackprop";
      const attributes = {
        strides: [layer.stride, layer.stride],
        pad: layer.padding,
        dataFormat: "NHWC",
        dilations: [1, 1],
      };
      const run = (name: string, inputs: tf.NamedTensorMap, shape: Record<string, number[]>) =>
        tf.engine().runKernel(`${kernel}${name}`, inputs, { ...attributes, ...shape }) as tf.Tensor;
      return {
        inputs: [wanted ? run("Input", { dy, filter: weight }, { inputShape: x.shape }) : undefined],
        parameters: {
          weight: run("Filter", { x, dy }, { filterShape: weight.shape }),
          ...(bias ? { bias: tf.sum(dy, [0, 1, 2]) } : {}),
        },
      };
    },
  };
}

/**
 * Every `stride`-th row and column, new channels filled with zeros: a 1×1 convolution with a fixed kernel of ones and
 * zeros, which changes no value and is faster than slicing.
 */
export function zeroPadShortcut(x: tf.Tensor, layer: Layer & { readonly op: "zeroPadShortcut" }): LayerRun {
  const channels = x.shape[3]!;
  const before = Math.floor((layer.out - channels) / 2);
  const place = (): tf.Tensor4D =>
    tf.reshape(
      tf.pad(tf.eye(channels), [
        [0, 0],
        [before, layer.out - channels - before],
      ]),
      [1, 1, channels, layer.out],
    );
  return {
    output: tf.conv2d(x as tf.Tensor4D, place(), layer.stride, 0),
    backward(dy) {
      const attributes = { strides: [layer.stride, layer.stride], pad: 0, dataFormat: "NHWC", inputShape: x.shape };
      return {
        inputs: [tf.engine().runKernel("Conv2DBackpropInput", { dy, filter: place() }, attributes) as tf.Tensor],
      };
    },
  };
}
