/** Adam (Kingma and Ba 2015). */
import { type AdamOptions, adamParams, momentScalars, moments } from "./moments.js";
import { coupledDecay, type Optimizer } from "./optimizer.js";

/**
 * Adam with the weight decay as an L2 penalty in the gradient (default 0), by PyTorch's formulas:
 * p = p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 *
 * @example adam({ lr: 1e-3 })
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const params = adamParams("adam", options, 0);
  return {
    name: "adam",
    params: { ...params },
    lr: params.lr,
    slots: ["first_moment", "second_moment"],
    ...(options.decay && { decay: options.decay }),
    scalars: momentScalars(params),
    update(g, update) {
      const d = coupledDecay(g, update, params.weightDecay);
      const { change, slots } = moments(g, d, update.slots, update.scalars, params);
      return { parameter: g.op("Sub", [update.parameter, change]), slots };
    },
  };
}
