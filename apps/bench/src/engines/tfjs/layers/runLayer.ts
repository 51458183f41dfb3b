import * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "../../../architectures/architecture.js";
import { activation } from "./activation.js";
import { attention } from "./attention.js";
import { batchNorm } from "./batchNorm.js";
import { conv, zeroPadShortcut } from "./conv.js";
import { dense } from "./dense.js";
import { layerNorm } from "./layerNorm.js";
import type { LayerContext, LayerRun } from "./layerRun.js";
import { flatten, globalAveragePool, pool } from "./pool.js";
import { embedding, meanTokens, position } from "./tokens.js";

/** Runs one layer; `relu` asks a batch norm to apply the ReLU that follows it. */
export function runLayer(layer: Layer, relu: boolean, inputs: readonly tf.Tensor[], context: LayerContext): LayerRun {
  const x = inputs[0]!;
  switch (layer.op) {
    case "dense":
      return dense(x, layer.bias, context);
    case "conv":
      return conv(x, layer, context);
    case "batchNorm":
      return batchNorm(x, layer, relu, context);
    case "layerNorm":
      return layerNorm(x, layer.epsilon, context);
    case "activation":
      return activation(x, layer.kind);
    case "add":
      return {
        output: tf.add(x, inputs[1]!),
        backward: (dy, wanted) => ({ inputs: wanted.map((want) => (want ? tf.clone(dy) : undefined)) }),
      };
    case "zeroPadShortcut":
      return zeroPadShortcut(x, layer);
    case "averagePool":
    case "maxPool":
      return pool(x, layer.op, layer.kernel, layer.stride);
    case "globalAveragePool":
      return globalAveragePool(x);
    case "flatten":
      return flatten(x);
    case "embedding":
      return embedding(x, context);
    case "position":
      return position(x, context);
    case "attention":
      return attention(x, layer.heads, context);
    case "meanTokens":
      return meanTokens(x, context);
  }
}
