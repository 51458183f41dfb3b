/** A network that trains on onnxruntime. */
import { adam, adamw, createTrainer, type Optimizer, type Ort, sgd, type TrainerOptions } from "@idinit/onnx-train";
import { type Architecture, inputShape } from "../../architectures/index.js";
import { inputType, toOnnx } from "../../architectures/onnx/toOnnx.js";
import type { Learner, LearnerOptions, OptimizerSpec } from "../engine.js";
import { checkBatch, checkInputs } from "./checkBatch.js";

/** Builds the training step for the weights. `ort` is the module `onnxruntime-node` or `onnxruntime-web`. */
export async function onnxLearner(
  ort: Ort,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  { optimizer, batchSize }: LearnerOptions,
  sessionOptions: NonNullable<TrainerOptions["sessionOptions"]>,
): Promise<Learner> {
  const trainer = await createTrainer(toOnnx(architecture, { weights }), {
    ort,
    loss: "softmax-cross-entropy",
    optimizer: optimizerOf(optimizer),
    batchSize,
    sessionOptions,
  });
  return {
    step: async (batch, learningRate) => {
      checkBatch(architecture, batch, batchSize);
      const { inputs, labels } = batch;
      return (await trainer.step({ input: inputs, target: labels }, { lr: learningRate })).loss;
    },
    logits: async (inputs, size) => {
      checkInputs(architecture, inputs, size);
      const shape = [size, ...inputShape(architecture.input)];
      const outputs = await trainer.predict({ input: new ort.Tensor(inputType(architecture.input), inputs, shape) });
      return Float32Array.from(outputs[architecture.output]!.data as Float32Array);
    },
    weights: async () => new Map([...(await trainer.parameters()), ...(await trainer.runningStatistics())]),
    dispose: () => trainer.dispose(),
  };
}

/** The rate given here is never used: every step brings its own. */
function optimizerOf(spec: OptimizerSpec): Optimizer {
  const lr = 0;
  if (spec.kind === "sgd") return sgd({ lr, momentum: spec.momentum, weightDecay: spec.weightDecay });
  const { beta1, beta2, epsilon, weightDecay } = spec;
  return (spec.kind === "adam" ? adam : adamw)({ lr, beta1, beta2, epsilon, weightDecay });
}
