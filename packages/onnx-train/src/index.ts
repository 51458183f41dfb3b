export { OnnxTrainError } from "./errors.js";
export type { BatchNormMode } from "./frozen-norms.js";
export type { Forms } from "./gradients/forms.js";
export { type BceWithLogitsOptions, bceWithLogits } from "./losses/bce-with-logits.js";
export type { Loss, LossName } from "./losses/loss.js";
export { modelOutput } from "./losses/model-output.js";
export { mse } from "./losses/mse.js";
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./losses/softmax-cross-entropy.js";
export { type Lowering, type LoweringTable, lower, type Replacement } from "./lowering/lower.js";
export { wasmLowering } from "./lowering/wasm.js";
export { webgpuLowering } from "./lowering/webgpu.js";
export type { ScalingOutputs } from "./mixed/loss-scaling.js";
export type { LossScaleOptions, Precision } from "./mixed/precision.js";
export type { Trainable } from "./model/trainable.js";
export { type AdadeltaOptions, adadelta } from "./optimizers/adadelta.js";
export { type AdagradOptions, adagrad } from "./optimizers/adagrad.js";
export { adam } from "./optimizers/adam.js";
export { adamw } from "./optimizers/adamw.js";
export { type LionOptions, lion } from "./optimizers/lion.js";
export type { AdamOptions } from "./optimizers/moments.js";
export type { Decay, Optimizer, OptimizerName } from "./optimizers/optimizer.js";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.js";
export type { SgdOptions } from "./optimizers/sgd.js";
export { sgd } from "./optimizers/sgd.js";
export { createTrainer } from "./trainer/create-trainer.js";
export type { Feeds, FeedValue } from "./trainer/feeds.js";
export { type Abort, type FitOptions, type FitProgress, type FitResult, fit } from "./trainer/fit.js";
export type { Ort } from "./trainer/ort.js";
export type { StepOptions } from "./trainer/rates.js";
export type {
  OptimizerState,
  Output,
  StepResult,
  Trainer,
  TrainerOptions,
  WeightsOptions,
} from "./trainer/trainer.js";
export type { StateTensor, TrainingModel, TrainingModelInfo, TrainingModelOptions } from "./training-model.js";
export { buildTrainingModel } from "./training-model.js";
export { connectTrainer, type RemoteOptions } from "./worker/connect-trainer.js";
export type { Port } from "./worker/port.js";
export { serveTrainer } from "./worker/serve-trainer.js";
