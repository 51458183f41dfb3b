/** The part that Adam and AdamW share: two moments with bias correction. */
import { square } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import { mix } from "./nodes.js";
import type { DecayOptions, Rates, Update } from "./optimizer.js";
import { atLeastZero, fraction, readParams } from "./params.js";

/** Options of `adam` and `adamw`. */
export interface AdamOptions extends DecayOptions {
  /** Learning rate, >= 0; a step may give another. Default 0.001. */
  readonly lr?: number;
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment, >= 0. Default 1e-8. */
  readonly epsilon?: number;
  /** Divide by the largest second moment so far (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean;
}

export const adamParams = (name: string, options: AdamOptions, weightDecay: number) =>
  readParams(name, options, {
    lr: { default: 1e-3, ...atLeastZero },
    beta1: { default: 0.9, ...fraction },
    beta2: { default: 0.999, ...fraction },
    epsilon: { default: 1e-8, ...atLeastZero },
    amsgrad: { default: false },
    weightDecay: { default: weightDecay, ...atLeastZero },
  });

type AdamParams = ReturnType<typeof adamParams>;

export const momentSlots = ({ amsgrad }: AdamParams): string[] => [
  "first_moment",
  "second_moment",
  ...(amsgrad ? ["largest_second_moment"] : []),
];

/** With t steps done: lr / (1 - beta1^t) and 1 / sqrt(1 - beta2^t). */
export const momentScalars = ({ beta1, beta2 }: AdamParams, { step, lr }: Rates): Record<string, number> => ({
  step_size: lr / (1 - beta1 ** step),
  root_scale: 1 / Math.sqrt(1 - beta2 ** step),
});

/** The same at a step that is a value of the graph: 1 - beta at step 1 becomes 1 - beta^t. */
export function momentScalarsAt(
  g: TrainingGraph,
  step: string,
  { step_size, root_scale }: Readonly<Record<string, string>>,
  { beta1, beta2 }: AdamParams,
): Record<string, string> {
  const ratio = (beta: number) => {
    if (beta === 0) return g.scalar(1, step);
    const power = g.op("Exp", [g.op("Mul", [step, g.scalar(Math.log(beta), step)])]);
    return g.op("Div", [g.scalar(1 - beta, step), g.op("Sub", [g.scalar(1, step), power])]);
  };
  return {
    step_size: g.op("Mul", [step_size, ratio(beta1)]),
    root_scale: g.op("Mul", [root_scale, g.op("Sqrt", [ratio(beta2)])]),
  };
}

/** m = b1 m + (1 - b1) d; v = b2 v + (1 - b2) d^2; returns both and step_size m / (sqrt(v) root_scale + epsilon). */
export function moments(
  g: TrainingGraph,
  d: string,
  { slots, scalars }: Update,
  { beta1, beta2, epsilon, amsgrad }: AdamParams,
): { change: string; slots: string[] } {
  const first = mix(g, slots[0]!, d, beta1);
  const second = mix(g, slots[1]!, square(g, d), beta2);
  const largest = amsgrad ? g.op("Max", [slots[2], second]) : second;
  const root = g.op("Mul", [g.op("Sqrt", [largest]), scalars.root_scale]);
  const ratio = g.op("Div", [first, g.op("Add", [root, g.scalar(epsilon, d)])]);
  const change = g.op("Mul", [ratio, scalars.step_size]);
  return { change, slots: amsgrad ? [first, second, largest] : [first, second] };
}
