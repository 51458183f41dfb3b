/** AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
import { type AdamOptions, adamParams, momentScalars, moments } from "./moments.js";
import type { Optimizer } from "./optimizer.js";

/**
 * p = p (1 - lr weightDecay), then Adam's update of the bare gradient; weightDecay is 0.01 by default. PyTorch's formulas.
 *
 * @example adamw({ lr: 1e-3, weightDecay: 0.01, decay: (name, dims) => dims.length > 1 })
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  const params = adamParams("adamw", options, 0.01);
  return {
    name: "adamw",
    params: { ...params },
    lr: params.lr,
    slots: ["first_moment", "second_moment"],
    ...(options.decay && { decay: options.decay }),
    scalars: momentScalars(params),
    update(g, { parameter, gradient, slots, scalars, decays }) {
      const result = moments(g, gradient, slots, scalars, params);
      let start = parameter;
      if (params.weightDecay !== 0 && decays) {
        const rate = g.op("Mul", [scalars.learning_rate, g.scalar(params.weightDecay, parameter)]);
        start = g.op("Sub", [parameter, g.op("Mul", [parameter, rate])]);
      }
      return { parameter: g.op("Sub", [start, result.change]), slots: result.slots };
    },
  };
}
