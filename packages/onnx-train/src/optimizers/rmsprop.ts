/** RMSprop (Tieleman and Hinton 2012; centred: Graves 2013). */
import { square, timesScalar } from "../compose.js";
import { coupledDecay, descend, mix } from "./nodes.js";
import type { DecayOptions, Optimizer } from "./optimizer.js";
import { atLeastZero, fraction, readParams } from "./params.js";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. Default 0.01. */
  readonly lr?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.99. */
  readonly alpha?: number;
  /** Added to the root, >= 0. Default 1e-8. */
  readonly epsilon?: number;
  /** In [0, 1). Default 0. */
  readonly momentum?: number;
  /** Divide by the deviation instead of the root of the mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * d = gradient + weightDecay p; s = alpha s + (1 - alpha) d^2; centred: m = alpha m + (1 - alpha) d, and s - m^2 takes the
 * place of s; u = d / (sqrt(s) + epsilon); p = p - lr u, or with momentum b = momentum b + u; p = p - lr b.
 * Weight decay is an L2 penalty, 0 by default. PyTorch's formulas.
 *
 * @example rmsprop({ lr: 1e-3, momentum: 0.9 })
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const params = readParams("rmsprop", options, {
    lr: { default: 0.01, ...atLeastZero },
    alpha: { default: 0.99, ...fraction },
    epsilon: { default: 1e-8, ...atLeastZero },
    momentum: { default: 0, ...fraction },
    centered: { default: false },
    weightDecay: { default: 0, ...atLeastZero },
  });
  const { lr, alpha, epsilon, momentum, centered, weightDecay } = params;
  return {
    name: "rmsprop",
    params,
    lr,
    weightDecay,
    slots: ["mean_square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["momentum"] : [])],
    ...(options.decay && { decay: options.decay }),
    scalars: (rates) => ({
      learning_rate: rates.lr,
      ...(weightDecay > 0 && { weight_decay: rates.weightDecay }),
    }),
    update(g, update) {
      const d = coupledDecay(g, update);
      const [old, ...others] = update.slots as [string, ...string[]];
      const meanSquare = mix(g, old, square(g, d), alpha);
      const slots = [meanSquare];
      let spread = meanSquare;
      if (centered) {
        const mean = mix(g, others.shift()!, d, alpha);
        slots.push(mean);
        // Rounding may take a variance near zero below it, whose root would be no number.
        spread = g.op("Relu", [g.op("Sub", [meanSquare, square(g, mean)])]);
      }
      let direction = g.op("Div", [d, g.op("Add", [g.op("Sqrt", [spread]), g.scalar(epsilon, d)])]);
      if (momentum > 0) {
        direction = g.op("Add", [timesScalar(g, others.shift()!, momentum), direction]);
        slots.push(direction);
      }
      return { parameter: descend(g, update, direction), slots };
    },
  };
}
