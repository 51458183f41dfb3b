/** The update rules of PyTorch's SGD, Adam and AdamW; every parameter is decayed, which TensorFlow.js's own optimizers cannot do. */
import * as tf from "@tensorflow/tfjs";
import type { OptimizerSpec } from "../engine.js";

export interface Optimizer {
  /** Updates one parameter in place; `step` counts from 1. */
  update(name: string, parameter: tf.Variable, gradient: tf.Tensor, learningRate: number, step: number): void;
  dispose(): void;
}

/**
 * - SGD: `g += decay * p; v = momentum * v + g; p -= lr * v`, v from 0.
 * - Adam: `g += decay * p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²;
 *   p -= lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon)`.
 * - AdamW: `p *= 1 - lr * decay`, then as Adam without decay (Loshchilov and Hutter 2019).
 *
 * For parameters of one element lr is multiplied by the description's `scalarRate`.
 */
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
  /** `state = keep * state + (1 - keep or 1) * value`, in place. */
  const blend = (state: tf.Variable, keep: number, value: tf.Tensor, share: number) => {
    state.assign(tf.add(tf.mul(state, keep), share === 1 ? value : tf.mul(value, share)));
    return state;
  };
  const decayed = (gradient: tf.Tensor, parameter: tf.Tensor) =>
    spec.weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, spec.weightDecay));

  return {
    update(name, parameter, gradient, rate, step) {
      const learningRate = parameter.size === 1 ? rate * (spec.scalarRate ?? 1) : rate;
      tf.tidy(() => {
        if (spec.kind === "sgd") {
          const slope = decayed(gradient, parameter);
          const velocity = spec.momentum === 0 ? slope : blend(slot(name, parameter), spec.momentum, slope, 1);
          parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)));
          return;
        }
        const { beta1, beta2, epsilon, weightDecay } = spec;
        const slope = spec.kind === "adam" ? decayed(gradient, parameter) : gradient;
        const first = blend(slot(`${name}/m`, parameter), beta1, slope, 1 - beta1);
        const second = blend(slot(`${name}/v`, parameter), beta2, tf.square(slope), 1 - beta2);
        const root = tf.add(tf.sqrt(tf.div(second, 1 - beta2 ** step)), epsilon);
        const kept = spec.kind === "adamw" ? tf.mul(parameter, 1 - learningRate * weightDecay) : parameter;
        parameter.assign(tf.sub(kept, tf.mul(tf.div(first, root), learningRate / (1 - beta1 ** step))));
      });
    },
    dispose() {
      for (const variable of slots.values()) variable.dispose();
      slots.clear();
    },
  };
}
