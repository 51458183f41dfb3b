/** The forward pass of any architecture in ordinary TensorFlow.js operations, so that `tf.variableGrads` can follow it. */
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../architectures/architecture.js";
import { runLayer } from "./layers.js";
import type { ParameterStore } from "./parameterStore.js";

/**
 * Logits of a batch, images `[B, H, W, C]`. Call inside `tf.tidy`.
 *
 * @param training whether batch norms use the batch's statistics, and move the running ones
 */
export function forward(
  architecture: Architecture,
  parameters: ParameterStore,
  input: tf.Tensor,
  training: boolean,
): tf.Tensor {
  const mask = architecture.input.kind === "tokens" ? tf.cast(tf.notEqual(input, 0), "float32") : undefined;
  const values = new Map([["input", input]]);
  for (const layer of architecture.layers) {
    const inputs = layer.inputs.map((name) => values.get(name)!);
    const parameter = (suffix: string) => parameters.get(`${layer.name}.${suffix}`);
    const context = { training, parameter, ...(mask ? { mask } : {}) };
    values.set(
      layer.name,
      tf.tidy(() => runLayer(layer, inputs, context)),
    );
  }
  return values.get(architecture.output)!;
}
