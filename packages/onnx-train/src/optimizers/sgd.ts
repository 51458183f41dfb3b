/** Stochastic gradient descent. */
import { checkRange, coupledDecay, type DecayOptions, type Optimizer } from "./optimizer.js";

export interface SgdOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. */
  readonly lr: number;
  /** In [0, 1). Default 0. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
  /** L2 penalty, >= 0. Default 0. */
  readonly weightDecay?: number;
}

/**
 * d = gradient + weightDecay p; v = momentum v + d; p = p - lr v, or p - lr (d + momentum v) with Nesterov's momentum.
 * The formulas are those of PyTorch's SGD without dampening.
 *
 * @example sgd({ lr: 0.1, momentum: 0.9, weightDecay: 1e-4 })
 */
export function sgd(options: SgdOptions): Optimizer {
  const { lr, momentum = 0, nesterov = false, weightDecay = 0, decay } = options;
  checkRange("sgd", "lr", lr, 0);
  checkRange("sgd", "momentum", momentum, 0, 1);
  checkRange("sgd", "weightDecay", weightDecay, 0);
  return {
    name: "sgd",
    params: { lr, momentum, nesterov, weightDecay },
    lr,
    slots: momentum === 0 ? [] : ["momentum"],
    ...(decay && { decay }),
    scalars: (_step, rate) => ({ learning_rate: rate }),
    update(g, update) {
      const { parameter, slots, scalars } = update;
      const d = coupledDecay(g, update, weightDecay);
      const scaled = (x: string) => g.op("Mul", [x, g.scalar(momentum, x)]);
      const velocity = slots[0] === undefined ? d : g.op("Add", [scaled(slots[0]), d]);
      const direction = nesterov && slots[0] !== undefined ? g.op("Add", [d, scaled(velocity)]) : velocity;
      const next = g.op("Sub", [parameter, g.op("Mul", [direction, scalars.learning_rate])]);
      return { parameter: next, slots: slots.length === 0 ? [] : [velocity] };
    },
  };
}
