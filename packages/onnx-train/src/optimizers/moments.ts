/** The part that Adam and AdamW share: two moments with bias correction. */
import type { TrainingGraph } from "../training-graph.js";
import { checkRange, type DecayOptions, type Optimizer } from "./optimizer.js";

export interface AdamOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. Default 0.001. */
  readonly lr?: number;
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment, >= 0. Default 1e-8. */
  readonly epsilon?: number;
  /** >= 0. */
  readonly weightDecay?: number;
}

export type AdamParams = Required<Omit<AdamOptions, "decay">>;

export function adamParams(name: string, options: AdamOptions, weightDecay: number): AdamParams {
  const params = { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay, ...options };
  const { lr, beta1, beta2, epsilon } = params;
  checkRange(name, "lr", lr, 0);
  checkRange(name, "beta1", beta1, 0, 1);
  checkRange(name, "beta2", beta2, 0, 1);
  checkRange(name, "epsilon", epsilon, 0);
  checkRange(name, "weightDecay", params.weightDecay, 0);
  return { lr, beta1, beta2, epsilon, weightDecay: params.weightDecay };
}

/** With t steps done: lr / (1 - beta1^t) and 1 / sqrt(1 - beta2^t). */
export const momentScalars =
  ({ beta1, beta2 }: AdamParams): Optimizer["scalars"] =>
  (step, lr) => ({
    learning_rate: lr,
    step_size: lr / (1 - beta1 ** step),
    root_scale: 1 / Math.sqrt(1 - beta2 ** step),
  });

/** m = b1 m + (1 - b1) d; v = b2 v + (1 - b2) d^2; returns both and step_size m / (sqrt(v) root_scale + epsilon). */
export function moments(
  g: TrainingGraph,
  d: string,
  slots: readonly string[],
  scalars: Readonly<Record<string, string>>,
  { beta1, beta2, epsilon }: AdamParams,
): { change: string; slots: [string, string] } {
  const mix = (old: string, fresh: string, beta: number) =>
    g.op("Add", [g.op("Mul", [old, g.scalar(beta, old)]), g.op("Mul", [fresh, g.scalar(1 - beta, old)])]);
  const first = mix(slots[0]!, d, beta1);
  const second = mix(slots[1]!, g.op("Mul", [d, d]), beta2);
  const root = g.op("Mul", [g.op("Sqrt", [second]), scalars.root_scale]);
  const ratio = g.op("Div", [first, g.op("Add", [root, g.scalar(epsilon, d)])]);
  return { change: g.op("Mul", [ratio, scalars.step_size]), slots: [first, second] };
}
