/** One layer of each kind, forward; images are `[B, H, W, C]`, tokens `[B, T, D]`. */
import { gelu, layerNormalization } from "@idinit/tfjs-wasm-gradients";
import * as tf from "@tensorflow/tfjs";
import type { Layer } from "../../architectures/architecture.js";
import { affine, selfAttention } from "./attention.js";
import { batchNorm } from "./batchNorm.js";
import type { LayerContext } from "./layerContext.js";

export function runLayer(layer: Layer, inputs: readonly tf.Tensor[], context: LayerContext): tf.Tensor {
  const x = inputs[0]!;
  const image = x as tf.Tensor4D;
  switch (layer.op) {
    case "dense":
      return affine(x, context.parameter("weight"), layer.bias ? context.parameter("bias") : undefined);
    case "conv":
      return conv(image, layer, context);
    case "batchNorm":
      return batchNorm(image, layer, context);
    case "layerNorm": {
      const [scale, shift] = [context.parameter("weight"), context.parameter("bias")] as tf.Tensor[] as tf.Tensor1D[];
      return layerNormalization(x, scale!, shift!, layer.epsilon);
    }
    case "activation":
      return activations[layer.kind](x);
    case "multiplier":
      return tf.mul(x, context.parameter("weight"));
    case "shift":
      return tf.add(x, context.parameter("bias"));
    case "amplify":
      return tf.mul(x, layer.factor);
    case "add":
      return tf.add(x, inputs[1]!);
    case "zeroPadShortcut":
      return zeroPadShortcut(image, layer);
    case "averagePool":
      return tf.avgPool(image, layer.kernel, layer.stride, "valid");
    case "maxPool":
      return tf.maxPool(image, layer.kernel, layer.stride, layer.padding ?? 0);
    case "globalAveragePool":
      return tf.mean(x, [1, 2]);
    case "flatten":
      // Channels first, as everywhere outside this engine.
      return tf.reshape(x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x, [x.shape[0]!, -1]);
    case "embedding":
      return tf.gather(context.parameter("weight") as tf.Tensor, x as tf.Tensor2D);
    case "position":
      return tf.add(x, context.parameter("weight"));
    case "attention":
      return selfAttention(x as tf.Tensor3D, layer.heads, context);
    case "meanTokens": {
      // 0 where all tokens are padding.
      const share = tf.div(context.mask!, tf.maximum(tf.sum(context.mask!, 1, true), 1));
      return tf.sum(tf.mul(x, tf.expandDims(share, 2)), 1);
    }
  }
}

const activations = {
  relu: tf.relu,
  tanh: tf.tanh,
  gelu,
};

function conv(x: tf.Tensor4D, layer: Layer & { readonly op: "conv" }, { parameter }: LayerContext): tf.Tensor {
  const { stride, padding } = layer;
  const filter = parameter("weight") as tf.Tensor as tf.Tensor4D;
  // The fused ones compute the gradient of the images too, which the first layer does not need.
  if (!layer.bias) {
    const plain = layer.groups > 1 ? tf.depthwiseConv2d : tf.conv2d;
    return plain(x, filter, stride, padding);
  }
  const options = { x, filter, strides: stride, pad: padding, bias: parameter("bias") };
  return layer.groups > 1 ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options);
}

/**
 * Every `stride`-th row and column, new channels filled with zeros: a 1×1 convolution with a fixed kernel of ones and
 * zeros, which changes no value; the strided slice has no gradient in TensorFlow.js.
 */
function zeroPadShortcut(x: tf.Tensor4D, { out, stride }: Layer & { readonly op: "zeroPadShortcut" }): tf.Tensor {
  const channels = x.shape[3];
  const before = Math.floor((out - channels) / 2);
  const kernel = tf.pad(tf.eye(channels), [
    [0, 0],
    [before, out - channels - before],
  ]);
  return tf.conv2d(x, tf.reshape(kernel, [1, 1, channels, out]) as tf.Tensor4D, stride, 0);
}
