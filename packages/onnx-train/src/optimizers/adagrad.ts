/** Adagrad (Duchi, Hazan and Singer 2011). */
import { square } from "../compose.js";
import { coupledDecay, descend } from "./nodes.js";
import type { DecayOptions, Optimizer } from "./optimizer.js";
import { atLeastZero, readParams } from "./params.js";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. Default 0.01. */
  readonly lr?: number;
  /** The rate at step t is lr / (1 + (t - 1) lrDecay), >= 0. Default 0. */
  readonly lrDecay?: number;
  /** What the sums of squares start from, >= 0. Default 0. */
  readonly initialSum?: number;
  /** Added to the root, >= 0. Default 1e-10. */
  readonly epsilon?: number;
}

/**
 * d = gradient + weightDecay p; s = s + d^2; p = p - lr / (1 + (t - 1) lrDecay) d / (sqrt(s) + epsilon).
 * Weight decay is an L2 penalty, 0 by default. PyTorch's formulas.
 *
 * @example adagrad({ lr: 0.01 })
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const params = readParams("adagrad", options, {
    lr: { default: 0.01, ...atLeastZero },
    lrDecay: { default: 0, ...atLeastZero },
    initialSum: { default: 0, ...atLeastZero },
    epsilon: { default: 1e-10, ...atLeastZero },
    weightDecay: { default: 0, ...atLeastZero },
  });
  const { lr, lrDecay, initialSum, epsilon, weightDecay } = params;
  return {
    name: "adagrad",
    params,
    lr,
    weightDecay,
    slots: ["sum_of_squares"],
    start: initialSum,
    ...(options.decay && { decay: options.decay }),
    scalars: ({ step, ...rates }) => ({
      learning_rate: rates.lr / (1 + (step - 1) * lrDecay),
      ...(weightDecay > 0 && { weight_decay: rates.weightDecay }),
    }),
    ...(lrDecay > 0 && {
      atStep: (g, step, scalars) => {
        const before = g.op("Mul", [g.op("Sub", [step, g.scalar(1, step)]), g.scalar(lrDecay, step)]);
        return { learning_rate: g.op("Div", [scalars.learning_rate, g.op("Add", [before, g.scalar(1, step)])]) };
      },
    }),
    update(g, update) {
      const d = coupledDecay(g, update);
      const sum = g.op("Add", [update.slots[0], square(g, d)]);
      const direction = g.op("Div", [d, g.op("Add", [g.op("Sqrt", [sum]), g.scalar(epsilon, d)])]);
      return { parameter: descend(g, update, direction), slots: [sum] };
    },
  };
}
