/** Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"). */
import { decoupledDecay, mix } from "./nodes.js";
import type { DecayOptions, Optimizer } from "./optimizer.js";
import { atLeastZero, fraction, readParams } from "./params.js";

/** Options of {@link lion}. */
export interface LionOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. About a tenth of AdamW's. Default 0.0001. */
  readonly lr?: number;
  /** Weight of the momentum in the step's direction, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the momentum, in [0, 1). Default 0.99. */
  readonly beta2?: number;
}

/**
 * c = beta1 m + (1 - beta1) gradient; p = p (1 - lr weightDecay) - lr sign(c); m = beta2 m + (1 - beta2) gradient.
 * Weight decay is decoupled, 0 by default. Algorithm 2 of the paper.
 *
 * @example lion({ lr: 1e-4, weightDecay: 0.1, decay: (name, dims) => dims.length > 1 })
 */
export function lion(options: LionOptions = {}): Optimizer {
  const params = readParams("lion", options, {
    lr: { default: 1e-4, ...atLeastZero },
    beta1: { default: 0.9, ...fraction },
    beta2: { default: 0.99, ...fraction },
    weightDecay: { default: 0, ...atLeastZero },
  });
  const { lr, beta1, beta2, weightDecay } = params;
  return {
    name: "lion",
    params,
    lr,
    weightDecay,
    slots: ["momentum"],
    ...(options.decay && { decay: options.decay }),
    scalars: (rates) => ({
      learning_rate: rates.lr,
      ...(weightDecay > 0 && { decay_rate: rates.lr * rates.weightDecay }),
    }),
    update(g, update) {
      const { gradient, scalars } = update;
      const [momentum] = update.slots as [string];
      const direction = g.op("Sign", [mix(g, momentum, gradient, beta1)]);
      const start = decoupledDecay(g, update);
      const parameter = g.op("Sub", [start, g.op("Mul", [direction, scalars.learning_rate])]);
      return { parameter, slots: [mix(g, momentum, gradient, beta2)] };
    },
  };
}
