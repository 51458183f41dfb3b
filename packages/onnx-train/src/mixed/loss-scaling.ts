/**
 * Dynamic loss scaling (Micikevicius et al. 2018, section 3.2), all of it in the graph: small gradients would vanish in float16,
 * so the loss is multiplied by a number that is as large as it can be without overflow.
 */
import { DataType } from "@idinit/onnx";
import type { TrainingGraph } from "../training-graph.js";
import type { StateTensor } from "../training-model.js";
import { LARGEST_SCALE, lossScaleOf, type PrecisionOptions } from "./precision.js";

/** Values of the graph that tell of a step's scaling, float32 scalars. */
export interface ScalingOutputs {
  /** By what the loss of this step was multiplied. */
  readonly scale: string;
  /** 1 where the step was skipped, else 0. */
  readonly skipped: string;
}

const SCALE = "loss_scale";
/** Steps in a row that were not skipped, since the scale changed. */
const GOOD = "good_steps";
/** Steps that were skipped, from the beginning. */
export const SKIPPED = "skipped_steps";

/** A norm beyond is taken for one that is not finite. */
const LARGEST = 3e38;

/** Adds the scale as an input that is only read; `undefined` in float32. */
export function addLossScale(g: TrainingGraph, options: PrecisionOptions): StateTensor | undefined {
  const settings = lossScaleOf(options);
  return settings && { ...scalarState(g.input(SCALE, "float32", [])), start: settings.start };
}

/** Adds the number of skipped steps as an input. */
export const addSkipped = (g: TrainingGraph): string => g.input(SKIPPED, "float32", []);

/**
 * With the norm s of the gradients: where it is finite the new state is taken, and after `growthInterval` such steps in a row
 * the scale is doubled; else everything stays as it was, and the scale is halved, not below 1.
 *
 * @param state All that the update changes. The scale and the number of skipped steps are inputs of the graph already.
 * @returns The state with that of the scaling.
 */
export function skipOverflow(
  g: TrainingGraph,
  options: PrecisionOptions,
  norm: string,
  state: readonly StateTensor[],
): { readonly state: StateTensor[]; readonly scaling: ScalingOutputs } {
  const { start, growthInterval } = lossScaleOf(options)!;
  g.input(GOOD, "float32", []);
  const number = (value: number) => g.scalar(value, SCALE);
  const finite = g.op("LessOrEqual", [norm, number(LARGEST)]);
  const kept = state.map((entry) =>
    entry.output === "" ? entry : { ...entry, output: g.op("Where", [finite, entry.output, entry.input]) },
  );
  const made = g.op("Cast", [finite], { to: DataType.float });
  const missed = g.op("Sub", [number(1), made]);
  const row = g.op("Mul", [g.op("Add", [GOOD, number(1)]), made]);
  const grows = g.op("GreaterOrEqual", [row, number(growthInterval)]);
  const larger = g.op("Min", [g.op("Mul", [SCALE, number(2)]), number(LARGEST_SCALE)]);
  const smaller = g.op("Max", [g.op("Mul", [SCALE, number(0.5)]), number(1)]);
  const next = g.op("Where", [finite, g.op("Where", [grows, larger, SCALE]), smaller]);
  const scaling = { scale: g.op("Identity", [SCALE]), skipped: missed };
  return {
    state: [
      ...kept,
      { ...scalarState(SCALE, next), start },
      scalarState(GOOD, g.op("Where", [grows, number(0), row])),
      scalarState(SKIPPED, g.op("Add", [SKIPPED, missed])),
    ],
    scaling,
  };
}

const scalarState = (input: string, output = ""): StateTensor => ({ input, output, dims: [], kind: "scaling" });
