/** The update rules of PyTorch's SGD, Adam and AdamW; every parameter is decayed, which TensorFlow.js's own optimizers cannot do. */
import { adamUpdate, sgdUpdate } from "@idinit/tfjs-wasm-gradients";
import * as tf from "@tensorflow/tfjs";
import type { OptimizerSpec } from "../engine.js";

export interface Optimizer {
  /** Updates one parameter in place; `step` counts from 1. */
  update(name: string, parameter: tf.Variable, gradient: tf.Tensor, learningRate: number, step: number): void;
  dispose(): void;
}

/** The rules are those of `sgdUpdate` and `adamUpdate`. For parameters of one element the rate is multiplied by the description's `scalarRate`. */
export function optimizer(spec: OptimizerSpec): Optimizer {
  const slots = new Map<string, tf.Variable>();
  const slot = (name: string, like: tf.Tensor): tf.Variable => {
    let variable = slots.get(name);
    if (!variable) {
      variable = tf.tidy(() => tf.variable(tf.zerosLike(like), false));
      slots.set(name, variable);
    }
    return variable;
  };

  return {
    update(name, parameter, gradient, rate, step) {
      const learningRate = parameter.size === 1 ? rate * (spec.scalarRate ?? 1) : rate;
      if (spec.kind === "sgd") {
        const { momentum, weightDecay } = spec;
        const options = { learningRate, momentum, weightDecay };
        sgdUpdate(parameter, gradient, momentum === 0 ? options : { ...options, velocity: slot(name, parameter) });
        return;
      }
      const { beta1, beta2, epsilon, weightDecay } = spec;
      const [first, second] = [slot(`${name}/m`, parameter), slot(`${name}/v`, parameter)];
      const decoupled = spec.kind === "adamw";
      const options = { learningRate, step, first, second, beta1, beta2, epsilon, weightDecay, decoupled };
      adamUpdate(parameter, gradient, options);
    },
    dispose() {
      for (const variable of slots.values()) variable.dispose();
      slots.clear();
    },
  };
}
