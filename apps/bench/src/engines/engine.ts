/** What the bench asks of a framework: build a network from given weights, take training steps, answer. */
import type { Architecture } from "../architectures/architecture.js";

export type EngineName =
  | "onnxruntime-node"
  | "onnxruntime-web"
  | "onnxruntime-webgpu"
  | "onnxruntime-web-webgpu"
  | "onnxruntime-cuda"
  | "tfjs-wasm"
  | "tfjs-webgpu"
  | "tfjs-node"
  | "tfjs-node-gpu"
  | "brain";

/** One batch, channels first, row-major. Labels are class indices. */
export interface Batch {
  readonly inputs: Float32Array | Int32Array;
  readonly labels: Int32Array;
  readonly size: number;
}

export type OptimizerSpec = Rule & {
  /** Multiple of the learning rate for parameters of one element, as Fixup wants it for its scalars. Default 1. */
  readonly scalarRate?: number;
};

type Rule =
  | { readonly kind: "sgd"; readonly momentum: number; readonly weightDecay: number }
  | {
      readonly kind: "adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    }
  | {
      readonly kind: "adamw";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weightDecay: number;
    };

export interface LearnerOptions {
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  /** CPU threads the engine may use. */
  readonly threads: number;
  /** `"mixed"`: products in float16; only the engines on onnxruntime have it. Default `"float32"`. */
  readonly precision?: Precision | undefined;
}

export type Precision = "float32" | "mixed";

/** Steps that a device takes one after another while the host goes on. */
export interface StepQueue {
  /** The same as `step`, but the loss stays on the device. */
  push(batch: Batch, learningRate: number): Promise<void>;
  /** Losses of the steps that were pushed since the last call, in their order. */
  losses(): Promise<number[]>;
}

/** A network in a framework, ready to train. */
export interface Learner {
  /** One optimizer step on the mean softmax cross-entropy of the batch; the loss before the step. */
  step(batch: Batch, learningRate: number): Promise<number>;
  /** Steps whose losses are read later, where that is cheaper: nothing waits until the device is done. */
  readonly queue?: StepQueue;
  /** Logits `[size, classes]` in evaluation mode (running statistics). */
  logits(inputs: Float32Array | Int32Array, size: number): Promise<Float32Array>;
  /** All parameters and running statistics by canonical name, canonical layout. */
  weights(): Promise<Map<string, Float32Array>>;
  dispose(): Promise<void>;
}

export interface EngineDescription {
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /**
   * What `step` minimises and returns, where it is not the mean softmax cross-entropy. With `"squared-error"` the network's
   * activation follows the last layer too, and `logits` are the activated outputs.
   */
  readonly objective?: "squared-error";
}

export interface Engine {
  readonly name: EngineName;
  /** Why this engine cannot train this architecture here, or `undefined` if it can. Also says when it is not installed. */
  unsupported(architecture: Architecture, options: LearnerOptions): Promise<string | undefined>;
  /** Name and version of the framework and the device it found, for records. */
  describe(): Promise<EngineDescription>;
  /** `weights`: every parameter by canonical name, canonical layout; they are copied. */
  create(
    architecture: Architecture,
    weights: ReadonlyMap<string, Float32Array>,
    options: LearnerOptions,
  ): Promise<Learner>;
}
