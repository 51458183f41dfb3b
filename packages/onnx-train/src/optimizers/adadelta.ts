/** AdaDelta (Zeiler 2012). */
import { square } from "../compose.js";
import { coupledDecay, descend, mix } from "./nodes.js";
import type { DecayOptions, Optimizer } from "./optimizer.js";
import { atLeastZero, fraction, readParams } from "./params.js";

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. Default 1. */
  readonly lr?: number;
  /** Decay of both means of squares, in [0, 1). Default 0.9. */
  readonly rho?: number;
  /** Added under the roots, >= 0. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * d = gradient + weightDecay p; s = rho s + (1 - rho) d^2; u = sqrt(a + epsilon) / sqrt(s + epsilon) d;
 * a = rho a + (1 - rho) u^2; p = p - lr u. Weight decay is an L2 penalty, 0 by default. PyTorch's formulas.
 *
 * @example adadelta()
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const params = readParams("adadelta", options, {
    lr: { default: 1, ...atLeastZero },
    rho: { default: 0.9, ...fraction },
    epsilon: { default: 1e-6, ...atLeastZero },
    weightDecay: { default: 0, ...atLeastZero },
  });
  const { lr, rho, epsilon, weightDecay } = params;
  return {
    name: "adadelta",
    params,
    lr,
    weightDecay,
    slots: ["mean_square", "mean_square_update"],
    ...(options.decay && { decay: options.decay }),
    scalars: (rates) => ({
      learning_rate: rates.lr,
      ...(weightDecay > 0 && { weight_decay: rates.weightDecay }),
    }),
    update(g, update) {
      const [oldSquare, oldUpdate] = update.slots as [string, string];
      const d = coupledDecay(g, update);
      const root = (x: string) => g.op("Sqrt", [g.op("Add", [x, g.scalar(epsilon, x)])]);
      const meanSquare = mix(g, oldSquare, square(g, d), rho);
      const direction = g.op("Mul", [g.op("Div", [root(oldUpdate), root(meanSquare)]), d]);
      const meanUpdate = mix(g, oldUpdate, square(g, direction), rho);
      return { parameter: descend(g, update, direction), slots: [meanSquare, meanUpdate] };
    },
  };
}
