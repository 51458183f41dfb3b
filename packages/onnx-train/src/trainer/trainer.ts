/** What a trainer does. */

import type { Optimizer } from "../optimizers/optimizer.js";
import type { TrainingModelInfo, TrainingModelOptions } from "../training-model.js";
import type { Feeds, FeedValue } from "./feeds.js";
import type { InferenceSession, Ort, Tensor } from "./ort.js";

export interface TrainerOptions extends TrainingModelOptions {
  readonly ort: Ort;
  readonly optimizer: Optimizer;
  /** Passed to onnxruntime: execution providers, threads and so on. */
  readonly sessionOptions?: InferenceSession.SessionOptions;
}

export interface StepResult {
  /** Mean loss of the batch before the update, as it is: NaN and infinity are not hidden. */
  readonly loss: number;
  /** Whether the loss is not finite. The update was made all the same, so the weights are no longer of use. */
  readonly diverged: boolean;
}

export interface OptimizerState {
  /** Steps done. */
  readonly step: number;
  /** By `<parameter>/<slot>`. */
  readonly slots: ReadonlyMap<string, Float32Array>;
}

/** A model in training. Calls are answered one after another, in the order they are made. */
export interface Trainer {
  readonly info: TrainingModelInfo;
  /** One update. `batch` holds the model's inputs and `target`. `lr` replaces the optimizer's for this step. */
  step(batch: Feeds, options?: { readonly lr?: number }): Promise<StepResult>;
  /** The loss in inference mode (running statistics); nothing is updated. */
  evaluate(batch: Feeds): Promise<StepResult>;
  /** All outputs of the model in inference mode. */
  predict(inputs: Readonly<Record<string, FeedValue>>): Promise<Record<string, Tensor>>;
  /** Gradients of the batch's loss in training mode, by parameter; nothing is updated. */
  gradients(batch: Feeds): Promise<Map<string, Float32Array>>;
  /** Copies of the trained parameters. */
  parameters(): Promise<Map<string, Float32Array>>;
  /** Copies of the running statistics of batch norms. */
  runningStatistics(): Promise<Map<string, Float32Array>>;
  /** Replaces some or all parameters and running statistics; the optimizer's state stays. */
  loadParameters(values: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** A copy of the optimizer's state, for a checkpoint. */
  optimizerState(): Promise<OptimizerState>;
  loadOptimizerState(state: OptimizerState): Promise<void>;
  /** The given model with the present weights and statistics inside, in inference mode. */
  export(): Promise<Uint8Array>;
  /** Frees the sessions. Further calls throw; disposing again does nothing. */
  dispose(): Promise<void>;
}
