/** The update of all parameters: clipping, the optimizer, the averages. */
import { checkRange } from "../checks.js";
import { OnnxTrainError } from "../errors.js";
import { addSkipped } from "../mixed/loss-scaling.js";
import type { PrecisionOptions } from "../mixed/precision.js";
import type { TrainingGraph } from "../training-graph.js";
import type { StateTensor } from "../training-model.js";
import type { Decay, Optimizer, Rates } from "./optimizer.js";

export interface UpdateOptions extends PrecisionOptions {
  readonly optimizer: Optimizer;
  /** Largest norm of all gradients together; larger ones are scaled down to it. Default: no limit. */
  readonly clipNorm?: number | undefined;
  /** Keeps an exponential moving average of the parameters with this decay, in [0, 1). Default: none. */
  readonly emaDecay?: number | undefined;
}

/** What a step may set anew. */
export interface StepRates extends Rates {
  readonly clipNorm: number | undefined;
  readonly emaDecay: number | undefined;
}

/** A parameter with the value of its gradient. */
export interface Gradient {
  readonly name: string;
  readonly dims: readonly number[];
  readonly gradient: string;
}

export interface Applied {
  readonly state: readonly StateTensor[];
  /** float32 scalars that a step feeds. */
  readonly scalars: readonly string[];
  /** The norm of all gradients together, where they are clipped or may overflow. */
  readonly gradientNorm: string | undefined;
}

/** The values of the scalars of one step. */
export function scalarValues({ optimizer, precision }: UpdateOptions, rates: StepRates): Record<string, number> {
  // Which steps were skipped only the graph knows: there it goes on from the scalars of step 1.
  const inGraph = precision === "mixed";
  return {
    ...optimizer.scalars(inGraph ? { ...rates, step: 1 } : rates),
    ...(inGraph && optimizer.atStep && { attempt: rates.step }),
    ...(rates.clipNorm !== undefined && { clip_norm: rates.clipNorm }),
    ...(rates.emaDecay !== undefined && { average_uptake: 1 - rates.emaDecay }),
  };
}

/** @throws OnnxTrainError where an option is out of its range. */
export function checkUpdate({ clipNorm, emaDecay }: UpdateOptions): void {
  if (clipNorm !== undefined && !(clipNorm > 0)) throw new OnnxTrainError(`clipNorm must be above 0, got ${clipNorm}`);
  if (emaDecay !== undefined) checkRange("emaDecay", "the decay", emaDecay, 0, 1);
}

/** Adds inputs for scalars and slots, and the nodes of the update; the parameters are values of the graph already. */
export function applyOptimizer(g: TrainingGraph, options: UpdateOptions, given: readonly Gradient[]): Applied {
  checkUpdate(options);
  const { optimizer, clipNorm, emaDecay } = options;
  const { lr, weightDecay } = optimizer;
  const names = Object.keys(scalarValues(options, { step: 1, lr, weightDecay, clipNorm, emaDecay }));
  const fed = Object.fromEntries(names.map((name) => [name, g.input(name, "float32", [])]));
  const scalars = options.precision === "mixed" ? withSteps(g, optimizer, fed) : fed;
  const multiples = decayMultiples(optimizer, given);
  const clipped = clipNorm === undefined ? undefined : clip(g, given, scalars.clip_norm!);
  const state = (clipped?.gradients ?? given).flatMap(({ name, dims, gradient }): StateTensor[] => {
    const slots = optimizer.slots.map((slot) => g.input(`${name}/${slot}`, "float32", dims));
    const next = optimizer.update(g, { parameter: name, gradient, slots, scalars, decays: multiples.get(name)! });
    const kept: StateTensor[] = [
      { input: name, output: next.parameter, dims, kind: "parameter" },
      ...slots.map((input, i) => ({ input, output: next.slots[i]!, dims, kind: "slot" }) as const),
    ];
    if (emaDecay === undefined) return kept;
    const average = g.input(averageOf(name), "float32", dims);
    const step = g.op("Mul", [g.op("Sub", [next.parameter, average]), scalars.average_uptake]);
    return [...kept, { input: average, output: g.op("Add", [average, step]), dims, kind: "average" }];
  });
  const norm = clipped?.norm ?? (options.precision === "mixed" ? normOf(g, given) : undefined);
  return { state, scalars: names, gradientNorm: norm };
}

/** The scalars of the update that is made, which are those of step 1 where no step has been made but skipped. */
function withSteps(g: TrainingGraph, optimizer: Optimizer, fed: Readonly<Record<string, string>>) {
  const skipped = addSkipped(g);
  return fed.attempt ? { ...fed, ...optimizer.atStep!(g, g.op("Sub", [fed.attempt, skipped]), fed) } : fed;
}

/** The graph's name for the moving average of a parameter. */
export const averageOf = (parameter: string): string => `${parameter}/average`;

/** gradient min(1, limit / (norm + 1e-6)), as PyTorch's `clip_grad_norm_`. */
function clip(g: TrainingGraph, given: readonly Gradient[], limit: string): { norm: string; gradients: Gradient[] } {
  const norm = normOf(g, given);
  const ratio = g.op("Div", [limit, g.op("Add", [norm, g.scalar(1e-6, limit)])]);
  const factor = g.op("Min", [ratio, g.scalar(1, limit)]);
  return { norm, gradients: given.map((one) => ({ ...one, gradient: g.op("Mul", [one.gradient, factor]) })) };
}

/** The norm of all gradients together. */
function normOf(g: TrainingGraph, given: readonly Gradient[]): string {
  const squares = given.map(({ gradient }) => g.op("ReduceSumSquare", [gradient], { keepdims: 0 }));
  return g.op("Sqrt", [squares.length === 1 ? squares[0] : g.op("Sum", squares)]);
}

/** By parameter, the multiple of the weight decay. @throws OnnxTrainError for unknown names and what is no multiple. */
export function decayMultiples(
  { decay, weightDecay }: Optimizer,
  given: readonly Omit<Gradient, "gradient">[],
): Map<string, number> {
  const choice = decayChoice(decay, given);
  return new Map(
    given.map(({ name, dims }) => {
      const multiple = Number(choice(name, dims));
      checkRange(`decay of "${name}"`, "the multiple", multiple, 0);
      return [name, weightDecay === 0 ? 0 : multiple];
    }),
  );
}

function decayChoice(decay: Decay | undefined, given: readonly Omit<Gradient, "gradient">[]) {
  if (decay === undefined) return () => 1;
  if (typeof decay === "function") return decay;
  const unknown = decay.filter((name) => !given.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new OnnxTrainError(`decay: no trained parameter "${unknown.join('", "')}"`);
  }
  return (name: string) => decay.includes(name);
}
