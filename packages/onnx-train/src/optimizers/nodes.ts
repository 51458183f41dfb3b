/** Pieces that several optimizers are made of. */
import { timesScalar } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Update } from "./optimizer.js";

/** keep old + (1 - keep) fresh: an exponential mean. */
export const mix = (g: TrainingGraph, old: string, fresh: string, keep: number): string =>
  g.op("Add", [timesScalar(g, old, keep), timesScalar(g, fresh, 1 - keep)]);

/** parameter - learning_rate direction. */
export const descend = (g: TrainingGraph, { parameter, scalars }: Update, direction: string): string =>
  g.op("Sub", [parameter, g.op("Mul", [direction, scalars.learning_rate])]);

/** gradient + weight_decay parameter: decay as an L2 penalty. */
export function coupledDecay(g: TrainingGraph, { parameter, gradient, decays, scalars }: Update): string {
  if (decays === 0) return gradient;
  const rate = timesScalar(g, scalars.weight_decay!, decays);
  return g.op("Add", [gradient, g.op("Mul", [parameter, rate])]);
}

/** parameter (1 - learning_rate weight_decay): decay on its own, past the gradient's scaling. */
export function decoupledDecay(g: TrainingGraph, { parameter, decays, scalars }: Update): string {
  if (decays === 0) return parameter;
  // 1 - rate would lose digits of a small rate.
  const rate = timesScalar(g, scalars.decay_rate!, decays);
  return g.op("Sub", [parameter, g.op("Mul", [parameter, rate])]);
}
