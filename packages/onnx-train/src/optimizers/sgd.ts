/** Stochastic gradient descent. */
import { timesScalar } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { coupledDecay, descend } from "./nodes.js";
import type { DecayOptions, Optimizer } from "./optimizer.js";
import { atLeastZero, fraction, readParams } from "./params.js";

/** Options of {@link sgd}. */
export interface SgdOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. */
  readonly lr: number;
  /** In [0, 1). Default 0. */
  readonly momentum?: number;
  /** The part of a gradient that momentum does not take up, in [0, 1). Default 0. */
  readonly dampening?: number;
  /** Default false; needs momentum and no dampening. */
  readonly nesterov?: boolean;
}

/**
 * d = gradient + weightDecay p; v = momentum v + (1 - dampening) d, at the first step v = d; p = p - lr v,
 * or p - lr (d + momentum v) with Nesterov's momentum. Weight decay is an L2 penalty, 0 by default.
 * The formulas are those of PyTorch's SGD.
 *
 * @example sgd({ lr: 0.1, momentum: 0.9, weightDecay: 1e-4 })
 */
export function sgd(options: SgdOptions): Optimizer {
  const params = readParams("sgd", options, {
    lr: atLeastZero,
    momentum: { default: 0, ...fraction },
    dampening: { default: 0, ...fraction },
    nesterov: { default: false },
    weightDecay: { default: 0, ...atLeastZero },
  });
  const { lr, momentum, dampening, nesterov, weightDecay } = params;
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new OnnxTrainError(
      `sgd: nesterov needs momentum above 0 and no dampening, got momentum ${momentum}, dampening ${dampening}`,
    );
  }
  return {
    name: "sgd",
    params,
    lr,
    weightDecay,
    slots: momentum === 0 ? [] : ["momentum"],
    ...(options.decay && { decay: options.decay }),
    scalars: ({ step, ...rates }) => ({
      learning_rate: rates.lr,
      ...(weightDecay > 0 && { weight_decay: rates.weightDecay }),
      ...(momentum > 0 && dampening > 0 && { uptake: step === 1 ? 1 : 1 - dampening }),
    }),
    ...(momentum > 0 &&
      dampening > 0 && {
        atStep: (g, step, { uptake }) => {
          const first = g.op("Less", [step, g.scalar(1.5, step)]);
          return { uptake: g.op("Where", [first, uptake, g.scalar(1 - dampening, step)]) };
        },
      }),
    update(g, update) {
      const { slots, scalars } = update;
      const d = coupledDecay(g, update);
      if (slots[0] === undefined) return { parameter: descend(g, update, d), slots: [] };
      const fresh = scalars.uptake === undefined ? d : g.op("Mul", [d, scalars.uptake]);
      const velocity = g.op("Add", [timesScalar(g, slots[0], momentum), fresh]);
      const direction = nesterov ? g.op("Add", [d, timesScalar(g, velocity, momentum)]) : velocity;
      return { parameter: descend(g, update, direction), slots: [velocity] };
    },
  };
}
