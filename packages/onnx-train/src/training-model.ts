/** One plain ONNX graph for a training step: forward, loss, backward, optimizer. */
import { encodeModel, type OnnxModel } from "@idinit/onnx";
import { OnnxTrainError } from "./errors.js";
import type { Forward, ForwardOptions } from "./forward.js";
import type { BatchNormMode } from "./frozen-norms.js";
import type { Forms } from "./gradients/forms.js";
import { differentiate } from "./loss-gradients.js";
import type { Loss, LossName, TargetSpec } from "./losses/loss.js";
import { blockChannels } from "./lowering/channel-blocks.js";
import { openSizes } from "./model/open-sizes.js";
import { type PreparedModel, type PrepareOptions, prepareModel } from "./model/prepare.js";
import { pruned } from "./model/prune.js";
import type { Trainable } from "./model/trainable.js";
import { applyOptimizer, type Gradient, type UpdateOptions } from "./optimizers/apply.js";
import type { Optimizer } from "./optimizers/optimizer.js";
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
   * Channels in a block of onnxruntime's blocked layout, in which the graph's convolutions then are; 0 (default): the plain
   * layout, in standard operators alone. A graph for blocks runs only on the CPU provider of processors with blocks of
   * that size; `createTrainer` finds it.
   */
  readonly channelBlock?: number | undefined;
}

/** A tensor that a step reads under `input` and gives anew under `output`; without an output it only reads it. */
export interface StateTensor {
  readonly input: string;
  readonly output: string;
  readonly dims: readonly number[];
  /** `"sum"`: gradients of the parts of a batch, added up. */
  readonly kind: "parameter" | "running" | "slot" | "average" | "sum";
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
 * @throws OnnxTrainError for opsets outside 13 to 23, nothing to train, and operators without a gradient on the way
 *   from a parameter to the loss (all of them are named).
 */
export function buildTrainingModel(given: Uint8Array | OnnxModel, options: TrainingModelOptions): TrainingModel {
  return assemble(prepareModel(given, options), options);
}

/** As {@link buildTrainingModel}, from a prepared model. */
export function assemble(prepared: PreparedModel, options: TrainingModelOptions): TrainingModel {
  const { optimizer } = options;
  const made = differentiate(prepared, options);
  const { g, gradients } = made;
  g.builder.output(made.loss, "float32", []);
  if (!optimizer) {
    if (options.clipNorm !== undefined || options.emaDecay !== undefined) {
      throw new OnnxTrainError("clipNorm and emaDecay belong to an update: give an optimizer as well");
    }
    for (const { gradient, dims } of gradients) g.builder.output(gradient, "float32", dims);
    const running = runningState(prepared, made.running).map((entry) => ({ ...entry, output: "" }));
    const state = [...readParameters(gradients), ...running];
    const byName = new Map(gradients.map(({ name, gradient }) => [name, gradient]));
    return {
      bytes: encode(g, prepared, options.channelBlock),
      info: { ...made.info, scalars: [], state, gradients: byName },
    };
  }
  const applied = applyOptimizer(g, { ...options, optimizer }, gradients);
  const state = [...applied.state, ...runningState(prepared, made.running)];
  giveState(g, state);
  const norm = normOf(g, applied.gradientNorm);
  const info = { ...made.info, scalars: applied.scalars, state, gradients: new Map(), ...norm };
  return { bytes: encode(g, prepared, options.channelBlock), info };
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

/** Makes the norm an output of the graph, where there is one. */
export function normOf(g: TrainingGraph, gradientNorm: string | undefined): { gradientNorm?: string } {
  if (gradientNorm === undefined) return {};
  g.builder.output(gradientNorm, "float32", []);
  return { gradientNorm };
}

/** The graph's bytes, without what no output needs, with what the given model imports. */
export function encode(g: TrainingGraph, { model }: PreparedModel, channelBlock = 0): Uint8Array {
  const whole = g.builder.build();
  const graph = pruned(whole.graph);
  const valueInfo = openSizes(graph, (value) => g.factsOf(value));
  const built: OnnxModel = { ...whole, opsetImports: model.opsetImports, graph: { ...graph, valueInfo } };
  return encodeModel(channelBlock > 0 ? blockChannels(built, (value) => g.factsOf(value).dims, channelBlock) : built);
}
