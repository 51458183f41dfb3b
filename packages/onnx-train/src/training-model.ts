/** One plain ONNX graph for a training step: forward, loss, backward, optimizer. */
import { encodeModel, type OnnxModel } from "@idinit/onnx";
import { OnnxTrainError } from "./errors.js";
import type { Forward, ForwardOptions } from "./forward.js";
import type { BatchNormMode } from "./frozen-norms.js";
import type { Forms } from "./gradients/forms.js";
import { differentiate } from "./loss-gradients.js";
import type { Loss, LossName, TargetSpec } from "./losses/loss.js";
import { blockChannels } from "./lowering/channel-blocks.js";
import { blockProducts } from "./lowering/dense-blocks.js";
import { foldBatch } from "./lowering/fold-batch.js";
import { halveProducts } from "./mixed/half-products.js";
import { type ScalingOutputs, skipOverflow } from "./mixed/loss-scaling.js";
import { openSizes } from "./model/open-sizes.js";
import { type PreparedModel, type PrepareOptions, prepareModel } from "./model/prepare.js";
import { pruned } from "./model/prune.js";
import type { Trainable } from "./model/trainable.js";
import { type Applied, applyOptimizer, type Gradient, type UpdateOptions } from "./optimizers/apply.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { checkModelOptions } from "./options.js";
import type { Dim } from "./shapes/dims.js";
import type { TrainingGraph } from "./training-graph.js";

/** Options of {@link buildTrainingModel}. */
export interface TrainingModelOptions extends ForwardOptions, PrepareOptions, Omit<UpdateOptions, "optimizer"> {
  /** A name stands for that loss with its defaults. */
  readonly loss: LossName | Loss;
  /** Without one the graph gives gradients and updates nothing. */
  readonly optimizer?: Optimizer | undefined;
  /**
   * Default: every float32 initializer of rank 1 or more that the loss depends on, but running statistics and attention masks
   * (0 and 1, or 0 and a large negative number, on the way to a Softmax).
   */
  readonly trainable?: Trainable | undefined;
  /** Which batch norms use the batch's statistics. Default `"auto"`: those of which scale or shift is trained. */
  readonly batchNorm?: BatchNormMode | undefined;
  /** The output that the loss takes. Default: the only one. */
  readonly output?: string | undefined;
  readonly forms?: Partial<Forms> | undefined;
  /**
   * Channels in a block of onnxruntime's blocked layout, in which the graph's convolutions and large matrix products then
   * are; 0 (default): the plain layout, in standard operators alone. A graph for blocks runs only on the CPU provider of
   * processors with blocks of that size; `createTrainer` finds it.
   */
  readonly channelBlock?: number | undefined;
}

/** A tensor that a step reads under `input` and gives anew under `output`; without an output it only reads it. */
export interface StateTensor {
  readonly input: string;
  readonly output: string;
  readonly dims: readonly number[];
  /** `"sum"`: gradients of the parts of a batch, added up. `"scaling"`: scalars of the loss's scaling in mixed precision. */
  readonly kind: "parameter" | "running" | "slot" | "average" | "sum" | "scaling";
  /** What it holds at first, where neither the model nor the optimizer says it. Default 0. */
  readonly start?: number;
}

/** What the inputs and outputs of a training model are. */
export interface TrainingModelInfo {
  readonly loss: string;
  /** Inputs of the given model with their shapes. */
  readonly inputs: ReadonlyMap<string, readonly Dim[]>;
  /** Absent where the loss has no target. */
  readonly target?: TargetSpec;
  /** An uint32 scalar that decides what dropout drops: to be different in every step. Absent where nothing is random. */
  readonly seed?: string;
  /** The output that the loss takes. */
  readonly output: { readonly name: string; readonly dims: readonly Dim[] };
  /** float32 scalars that a step feeds. */
  readonly scalars: readonly string[];
  readonly state: readonly StateTensor[];
  /** Parameter to gradient, where the graph has no optimizer. */
  readonly gradients: ReadonlyMap<string, string>;
  /** The norm of all gradients together, where they are clipped. */
  readonly gradientNorm?: string;
  /** What a step tells of the scaling of its loss, in mixed precision. */
  readonly scaling?: ScalingOutputs;
}

/** A training model and what it needs to run. */
export interface TrainingModel {
  readonly bytes: Uint8Array;
  readonly info: TrainingModelInfo;
}

/**
 * Builds the training graph of a model. A pure function: no onnxruntime takes part.
 *
 * Inputs: those of the model, `target`, the scalars, and the state (parameters, running statistics, optimizer slots
 * `<parameter>/<slot>`, averages `<parameter>/average`). Outputs: the loss, and the new state, or without an optimizer the
 * gradients.
 *
 * In mixed precision the state has `loss_scale`, `good_steps` and `skipped_steps` as well (without an optimizer the first alone),
 * and where the optimizer's scalars depend on the step, they are those of step 1 and a scalar `attempt` counts the steps from
 * 1, with those that are skipped. Gradients are given unscaled, not finite where they overflow.
 *
 * @throws OnnxTrainError for opsets outside 13 to 25, nothing to train, and operators without a gradient on the way
 *   from a parameter to the loss (all of them are named).
 */
export function buildTrainingModel(given: Uint8Array | OnnxModel, options: TrainingModelOptions): TrainingModel {
  checkModelOptions("buildTrainingModel", options);
  return assemble(prepareModel(given, options), options);
}

/** As {@link buildTrainingModel}, from a prepared model. */
export function assemble(prepared: PreparedModel, options: TrainingModelOptions): TrainingModel {
  const { optimizer, precision, channelBlock = 0 } = options;
  if (precision === "mixed" && channelBlock > 0)
    throw new OnnxTrainError(
      `channelBlock must be 0 with precision "mixed", got ${channelBlock}: the blocks are float32`,
    );
  const made = differentiate(prepared, options);
  const { g, gradients } = made;
  g.builder.output(made.loss, "float32", []);
  if (!optimizer) {
    if (options.clipNorm !== undefined || options.emaDecay !== undefined) {
      throw new OnnxTrainError("clipNorm and emaDecay belong to an update: give an optimizer as well");
    }
    for (const { gradient, dims } of gradients) g.builder.output(gradient, "float32", dims);
    const running = runningState(prepared, made.running).map((entry) => ({ ...entry, output: "" }));
    const state = [...readParameters(gradients), ...running, ...(made.lossScale ? [made.lossScale] : [])];
    const byName = new Map(gradients.map(({ name, gradient }) => [name, gradient]));
    return {
      bytes: encode(g, prepared, options),
      info: { ...made.info, scalars: [], state, gradients: byName },
    };
  }
  const applied = applyOptimizer(g, { ...options, optimizer }, gradients);
  const updated = [...applied.state, ...runningState(prepared, made.running)];
  const given = giveUpdate(g, options, applied, updated);
  const info = { ...made.info, scalars: applied.scalars, gradients: new Map(), ...given };
  return { bytes: encode(g, prepared, options), info };
}

/** Makes what an update gives outputs of the graph: new state, the norm where gradients are clipped, what tells of scaling. */
export function giveUpdate(
  g: TrainingGraph,
  options: Pick<TrainingModelOptions, "clipNorm" | "precision" | "lossScale">,
  { gradientNorm }: Pick<Applied, "gradientNorm">,
  updated: readonly StateTensor[],
): Pick<TrainingModelInfo, "state" | "gradientNorm" | "scaling"> {
  const guarded = options.precision === "mixed" ? skipOverflow(g, options, gradientNorm!, updated) : { state: updated };
  giveState(g, guarded.state);
  const scaling = "scaling" in guarded ? guarded.scaling : undefined;
  for (const told of Object.values(scaling ?? {})) g.builder.output(told, "float32", []);
  if (options.clipNorm === undefined) return guarded;
  g.builder.output(gradientNorm!, "float32", []);
  return { ...guarded, gradientNorm: gradientNorm! };
}

/** Parameters as state that is only read. */
export const readParameters = (gradients: readonly Gradient[]): StateTensor[] =>
  gradients.map(({ name, dims }) => ({ input: name, output: "", dims, kind: "parameter" }));

/** Running statistics as state. */
export const runningState = ({ tensors }: PreparedModel, running: Forward["running"]): StateTensor[] =>
  [...running].map(([input, output]) => ({ input, output, dims: tensors.get(input)!.dims, kind: "running" }));

/** Makes the new state outputs of the graph. */
export function giveState(g: TrainingGraph, state: readonly StateTensor[]): void {
  for (const { output, dims } of state) if (output !== "") g.builder.output(output, "float32", dims);
}

/** The graph's bytes, without what no output needs, with what the given model imports. */
export function encode(
  g: TrainingGraph,
  { model }: PreparedModel,
  { precision, channelBlock = 0 }: Pick<TrainingModelOptions, "precision" | "channelBlock"> = {},
): Uint8Array {
  const whole = g.builder.build();
  const plain = { graph: whole.graph, factsOf: (value: string) => g.factsOf(value) };
  const { graph: written, factsOf } = precision === "mixed" ? halveProducts(plain.graph, plain.factsOf) : plain;
  const graph = pruned(written);
  const valueInfo = openSizes(graph, factsOf);
  const built: OnnxModel = { ...whole, opsetImports: model.opsetImports, graph: { ...graph, valueInfo } };
  if (channelBlock === 0) return encodeModel(built);
  const folded = foldBatch(built, (value) => g.factsOf(value).dims);
  const blocked = blockChannels(folded.model, folded.dimsOf, channelBlock);
  return encodeModel(blockProducts(blocked, folded.dimsOf, channelBlock));
}
