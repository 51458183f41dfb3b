/** A step in two graphs, for batches that come in parts: one adds up gradients, the other makes the update. */
import { differentiate } from "./loss-gradients.js";
import { addLossScale } from "./mixed/loss-scaling.js";
import type { PreparedModel } from "./model/prepare.js";
import { applyOptimizer, type Gradient, type UpdateOptions } from "./optimizers/apply.js";
import { TrainingGraph } from "./training-graph.js";
import {
  encode,
  giveState,
  giveUpdate,
  readParameters,
  runningState,
  type StateTensor,
  type TrainingModelInfo,
  type TrainingModelOptions,
} from "./training-model.js";

export interface AccumulationModel {
  readonly bytes: Uint8Array;
  readonly loss: string;
  /** The number of values that the loss is the mean of: what the part weighs in the whole. */
  readonly count: string;
  readonly state: readonly StateTensor[];
}

export interface UpdateModel extends Pick<TrainingModelInfo, "scalars" | "state" | "gradientNorm" | "scaling"> {
  readonly bytes: Uint8Array;
}

const sumOf = (parameter: string) => `${parameter}/gradient_sum`;

/** Graph of one part: sum' = sum + count gradient, and the running statistics. */
export function assembleAccumulation(prepared: PreparedModel, options: TrainingModelOptions): AccumulationModel {
  const { g, loss, count: addCount, gradients, running, lossScale } = differentiate(prepared, options);
  // A count known beforehand is a constant, which no graph may give as an output.
  const count = g.op("Identity", [addCount()]);
  const sums = gradients.map(({ name, dims, gradient }): StateTensor => {
    const input = g.input(sumOf(name), "float32", dims);
    return { input, output: g.op("Add", [input, g.op("Mul", [gradient, count])]), dims, kind: "sum" };
  });
  const read = [...readParameters(gradients), ...(lossScale ? [lossScale] : [])];
  const state = [...read, ...runningState(prepared, running), ...sums];
  g.builder.output(loss, "float32", []);
  g.builder.output(count, "float32", []);
  giveState(g, state);
  return { bytes: encode(g, prepared, options), loss, count, state };
}

/** The name of the input by which sums of gradients are multiplied: 1 / count. */
export const INVERSE_COUNT = "inverse_count";

/** Graph of the update by the sums of gradients. */
export function assembleUpdate(
  prepared: PreparedModel,
  options: UpdateOptions,
  parameters: readonly Pick<Gradient, "name" | "dims">[],
): UpdateModel {
  const g = new TrainingGraph(prepared.opset, prepared.model.irVersion, "update");
  addLossScale(g, options);
  const inverse = g.input(INVERSE_COUNT, "float32", []);
  const sums = parameters.map(({ name, dims }): StateTensor => {
    g.input(name, "float32", dims);
    return { input: g.input(sumOf(name), "float32", dims), output: "", dims, kind: "sum" };
  });
  const gradients = parameters.map(({ name, dims }, i) => ({
    name,
    dims,
    gradient: g.op("Mul", [sums[i]!.input, inverse]),
  }));
  const applied = applyOptimizer(g, options, gradients);
  const given = giveUpdate(g, options, applied, applied.state);
  return { bytes: encode(g, prepared), scalars: applied.scalars, ...given, state: [...given.state, ...sums] };
}
