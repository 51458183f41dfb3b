/** What a trainer does. */
import type { Optimizer } from "../optimizers/optimizer.js";
import type { TrainingModelInfo, TrainingModelOptions } from "../training-model.js";
import type { Feeds, FeedValue } from "./feeds.js";
import type { InferenceSession, Ort, Tensor } from "./ort.js";
import type { StepOptions } from "./rates.js";

/** Options of `createTrainer`. */
export interface TrainerOptions extends TrainingModelOptions {
  readonly ort: Ort;
  readonly optimizer: Optimizer;
  /** Passed to onnxruntime: execution providers, threads and so on. With `webgpu` state stays on the device. */
  readonly sessionOptions?: InferenceSession.SessionOptions;
  /**
   * Whether the first step on another provider than the CPU's is computed on the CPU as well, and refused if its results
   * differ: wrong numbers from GPU kernels are a known kind of bug. Batches in parts are not checked. An optimizer without
   * state, plain `sgd`, has only the new weights to compare, which a wrong gradient at a small rate hardly changes. Default true.
   */
  readonly checkFirstStep?: boolean;
  /** With it and the number of the step the masks of dropout are fixed. A whole number; default 0. */
  readonly seed?: number;
}

/** What a step tells. */
export interface StepResult {
  /** Mean loss of the batch before the update, as it is: NaN and infinity are not hidden. */
  readonly loss: number;
  /**
   * Whether the loss, or the norm of the gradients, is not finite. A step has made its update all the same, so the weights are
   * no longer of use. In mixed precision the update has been skipped, and gradients count where they are not finite at scale 1.
   */
  readonly diverged: boolean;
  /** The norm of all gradients together before clipping, where the trainer has a `clipNorm`; not finite in a skipped step. */
  readonly gradientNorm?: number;
  /** In mixed precision: whether the gradients were not finite. Then nothing has changed but the scale, which is halved. */
  readonly skipped?: boolean;
  /** In mixed precision: by what the loss of this step was multiplied on the way back. */
  readonly lossScale?: number;
}

/** The optimizer's state, to go on from later. */
export interface OptimizerState {
  /** Steps done; those that were skipped are none. */
  readonly step: number;
  /** By `<parameter>/<slot>`. */
  readonly slots: ReadonlyMap<string, Float32Array>;
}

/** Which weights are used. */
export interface WeightsOptions {
  /** The moving averages instead of the parameters; needs a trainer with `emaDecay`. Default false. */
  readonly averaged?: boolean;
}

/** An output of the model: a tensor of onnxruntime, or what a worker sends of one. */
export type Output = Pick<Tensor, "type" | "dims" | "data">;

/** A model in training. Calls are answered one after another, in the order they are made. */
export interface Trainer {
  readonly info: TrainingModelInfo;
  /**
   * One update. `batch` holds the model's inputs and `target`. A list holds the parts of a batch that is too large for
   * memory: the update is that of the whole, but each part's batch norms see that part only.
   */
  step(batch: Feeds | readonly Feeds[], options?: StepOptions): Promise<StepResult>;
  /**
   * As `step` without reading what it tells: on a device whose tensors stay there nothing waits until it is done. A loss that
   * is no longer finite shows in a later `step`.
   */
  advance(batch: Feeds | readonly Feeds[], options?: StepOptions): Promise<void>;
  /**
   * As `advance`, but what the step tells is kept where it is until `results` reads it: the device has the next step to do
   * while the host prepares the one after, and no loss is missed.
   */
  enqueue(batch: Feeds | readonly Feeds[], options?: StepOptions): Promise<void>;
  /** What the enqueued steps told, in their order, in one reading; those that were read before are left out. */
  results(): Promise<StepResult[]>;
  /** The loss in inference mode (running statistics); nothing is updated. */
  evaluate(batch: Feeds, options?: WeightsOptions): Promise<StepResult>;
  /** All outputs of the model in inference mode. */
  predict(inputs: Readonly<Record<string, FeedValue>>, options?: WeightsOptions): Promise<Record<string, Output>>;
  /** Gradients of the batch's loss in training mode, by parameter, always in float32; nothing is updated. */
  gradients(batch: Feeds): Promise<Map<string, Float32Array>>;
  /** Copies of the trained parameters. */
  parameters(): Promise<Map<string, Float32Array>>;
  /** Copies of the parameters' moving averages; needs a trainer with `emaDecay`. */
  averages(): Promise<Map<string, Float32Array>>;
  /** Copies of the running statistics of batch norms. */
  runningStatistics(): Promise<Map<string, Float32Array>>;
  /** Replaces some or all parameters and running statistics, and restarts their averages; the optimizer's state stays. */
  loadParameters(values: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** A copy of the optimizer's state. */
  optimizerState(): Promise<OptimizerState>;
  /** Goes on from a state that was copied before. @throws OnnxTrainError for one that does not fit. */
  loadOptimizerState(state: OptimizerState): Promise<void>;
  /**
   * Everything that training goes on from, as the bytes of a safetensors file: parameters, averages, running statistics,
   * the optimizer's state, the number of steps, and the scale of the loss with its counters.
   */
  checkpoint(): Promise<Uint8Array>;
  /**
   * Goes on from a checkpoint of the same model and optimizer. On the CPU provider the steps after it give the same bits.
   *
   * @throws OnnxTrainError that names the tensor that is missing, unknown or of another shape; nothing is changed then.
   */
  restore(checkpoint: Uint8Array): Promise<void>;
  /** The given model with the present weights and statistics inside, in inference mode. */
  export(options?: WeightsOptions): Promise<Uint8Array>;
  /** Frees sessions and tensors. Further calls throw; disposing again does nothing. */
  dispose(): Promise<void>;
}
