/** Adam (Kingma and Ba 2015). */
import { type AdamOptions, adamParams, momentScalars, momentScalarsAt, momentSlots, moments } from "./moments.js";
import { coupledDecay } from "./nodes.js";
import type { Optimizer } from "./optimizer.js";

/**
 * Adam with the weight decay as an L2 penalty in the gradient (default 0), by PyTorch's formulas:
 * p = p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 *
 * @example adam({ lr: 1e-3 })
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const params = adamParams("adam", options, 0);
  const { lr, weightDecay } = params;
  return {
    name: "adam",
    params,
    lr,
    weightDecay,
    slots: momentSlots(params),
    ...(options.decay && { decay: options.decay }),
    scalars: (rates) => ({
      ...momentScalars(params, rates),
      ...(weightDecay > 0 && { weight_decay: rates.weightDecay }),
    }),
    atStep: (g, step, scalars) => momentScalarsAt(g, step, scalars, params),
    update(g, update) {
      const { change, slots } = moments(g, coupledDecay(g, update), update, params);
      return { parameter: g.op("Sub", [update.parameter, change]), slots };
    },
  };
}
