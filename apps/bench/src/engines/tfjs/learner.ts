/** A network of any architecture on TensorFlow.js, whatever the backend. */
import { IdinitError } from "@idinit/core";
import { releasing } from "@idinit/tfjs-wasm-gradients";
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "../../architectures/architecture.js";
import { inputShape, shapes } from "../../architectures/shapes.js";
import type { Batch, Learner, LearnerOptions, StepQueue } from "../engine.js";
import { forward } from "./forward.js";
import { optimizer } from "./optimizer.js";
import { parameterStore } from "./parameterStore.js";

/**
 * Values are computed on `backend`, which must be registered. Each call computes in one go, so learners of several backends
 * may take turns.
 *
 * @throws IdinitError when a parameter is missing or of the wrong size.
 */
export function tfjsLearner(
  backend: string,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  options: LearnerOptions,
): Learner {
  use(backend);
  const parameters = parameterStore(architecture, weights);
  const rule = optimizer(options.optimizer);
  const example = inputShape(architecture.input);
  const classes = shapes(architecture).get(architecture.output)!.at(-1)!;
  const unread: tf.Tensor[] = [];
  let count = 0;
  let disposed = false;

  function begin(inputs: Float32Array | Int32Array, size: number): void {
    if (disposed) throw new IdinitError(`${architecture.name}: the learner was disposed`);
    const expected = size * tf.util.sizeFromShape([...example]);
    if (size < 1 || inputs.length !== expected) {
      throw new IdinitError(
        `${architecture.name}: ${size} examples of shape [${example}] need ${expected} input values, got ${inputs.length}`,
      );
    }
    use(backend);
  }

  function load(inputs: Float32Array | Int32Array, size: number): tf.Tensor {
    if (architecture.input.kind === "tokens") return tf.tensor(inputs, [size, ...example], "int32");
    const tensor = tf.tensor(inputs, [size, ...example], "float32");
    return architecture.input.kind === "image" ? tf.transpose(tensor, [0, 2, 3, 1]) : tensor;
  }

  /** One update; the loss stays on the device. */
  function update({ inputs, labels, size }: Batch, learningRate: number): tf.Scalar {
    begin(inputs, size);
    if (labels.length !== size || labels.some((label) => label < 0 || label >= classes)) {
      throw new IdinitError(
        `${architecture.name}: a batch of ${size} needs ${size} labels in [0, ${classes}), got ${labels.length}: ${labels.slice(0, 8)}`,
      );
    }
    count++;
    return tf.tidy(() => {
      const input = load(inputs, size);
      const objective = () => crossEntropy(forward(architecture, parameters, input, true), labels);
      const { value, grads } = tf.variableGrads(releasing(objective), [...parameters.trained.values()]);
      for (const [name, variable] of parameters.trained) {
        const gradient = grads[variable.name];
        if (gradient) rule.update(name, variable, gradient, learningRate, count);
      }
      return value;
    });
  }

  const queue: StepQueue = {
    async push(batch, learningRate) {
      unread.push(update(batch, learningRate));
    },
    async losses() {
      if (unread.length === 0) return [];
      const scalars = unread.splice(0);
      const all = tf.stack(scalars);
      tf.dispose(scalars);
      const values = Array.from(await all.data());
      all.dispose();
      return values;
    },
  };

  return {
    async step(batch, learningRate) {
      const loss = update(batch, learningRate);
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
    // Elsewhere a step is over when its call returns, and there is nothing to gain.
    ...(backend === "webgpu" && { queue }),
    async logits(inputs, size) {
      begin(inputs, size);
      const logits = tf.tidy(() => forward(architecture, parameters, load(inputs, size), false));
      const values = Float32Array.from(await logits.data<"float32">());
      logits.dispose();
      return values;
    },
    async weights() {
      if (disposed) throw new IdinitError(`${architecture.name}: the learner was disposed`);
      use(backend);
      return parameters.read();
    },
    async dispose() {
      disposed = true;
      tf.dispose(unread.splice(0));
      parameters.dispose();
      rule.dispose();
    },
  };
}

/** Mean softmax cross-entropy. */
function crossEntropy(logits: tf.Tensor, labels: Int32Array): tf.Scalar {
  // The wasm backend's oneHot writes integers whatever type it is asked for.
  const targets = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), logits.shape[1]!), "float32");
  return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
}

/** Makes `backend` the one that the next operations run on; a registered and started backend is set at once. */
function use(backend: string): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new IdinitError(`tfjs: backend "${backend}" has not been started`);
}
