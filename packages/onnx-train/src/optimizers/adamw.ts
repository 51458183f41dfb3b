/** AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
import { type AdamOptions, adamParams, momentScalars, momentScalarsAt, momentSlots, moments } from "./moments.js";
import { decoupledDecay } from "./nodes.js";
import type { Optimizer } from "./optimizer.js";

/**
 * p = p (1 - lr weightDecay), then Adam's update of the bare gradient; weightDecay is 0.01 by default. PyTorch's formulas.
 *
 * @example adamw({ lr: 1e-3, weightDecay: 0.01, decay: (name, dims) => dims.length > 1 })
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  const params = adamParams("adamw", options, 0.01);
  const { lr, weightDecay } = params;
  return {
    name: "adamw",
    params,
    lr,
    weightDecay,
    slots: momentSlots(params),
    ...(options.decay && { decay: options.decay }),
    scalars: (rates) => ({
      ...momentScalars(params, rates),
      ...(weightDecay > 0 && { decay_rate: rates.lr * rates.weightDecay }),
    }),
    atStep: (g, step, scalars) => momentScalarsAt(g, step, scalars, params),
    update(g, update) {
      const start = decoupledDecay(g, update);
      const { change, slots } = moments(g, update.gradient, update, params);
      return { parameter: g.op("Sub", [start, change]), slots };
    },
  };
}
