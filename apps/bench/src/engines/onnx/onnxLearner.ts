/** A network that trains on onnxruntime. */
import { adam, adamw, createTrainer, type Optimizer, sgd } from "@idinit/onnx-train";
import { type Architecture, inputShape } from "../../architectures/index.js";
import { inputType, toOnnx } from "../../architectures/onnx/toOnnx.js";
import type { Learner, LearnerOptions, OptimizerSpec } from "../engine.js";
import { checkBatch, checkInputs } from "./checkBatch.js";
import type { OnnxRuntime, SessionOptions } from "./runtime.js";

/** Builds the training step for the weights; evaluation runs the architecture's evaluation model with what was learned. */
export async function onnxLearner(
  ort: OnnxRuntime,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  options: LearnerOptions,
  sessionOptions: SessionOptions,
): Promise<Learner> {
  const trainer = await createTrainer(toOnnx(architecture, { weights, batch: options.batchSize }), {
    ort,
    loss: "softmax-cross-entropy",
    optimizer: optimizerOf(options.optimizer),
    sessionOptions,
  });
  // Weights are constants of the evaluation model, which lets the runtime fold and repack them; a step makes it stale.
  let evaluation: Awaited<ReturnType<OnnxRuntime["InferenceSession"]["create"]>> | undefined;
  const forget = async () => {
    await evaluation?.release();
    evaluation = undefined;
  };
  return {
    step: async (batch, learningRate) => {
      checkBatch(architecture, batch, options.batchSize);
      await forget();
      const { inputs, labels } = batch;
      const { loss } = await trainer.step({ input: inputs, target: labels }, { lr: learningRate });
      return loss;
    },
    logits: async (inputs, size) => {
      checkInputs(architecture, inputs, size);
      evaluation ??= await ort.InferenceSession.create(
        toOnnx(architecture, { weights: await trainer.parameters(), training: false }),
        sessionOptions,
      );
      const input = new ort.Tensor(inputType(architecture.input), inputs, [size, ...inputShape(architecture.input)]);
      const logits = (await evaluation.run({ input }))[architecture.output]!;
      return Float32Array.from(logits.data as Float32Array);
    },
    weights: () => trainer.parameters(),
    dispose: async () => {
      await forget();
      await trainer.dispose();
    },
  };
}

function optimizerOf(spec: OptimizerSpec): Optimizer {
  const lr = 0.1;
  if (spec.kind === "sgd") return sgd({ lr, momentum: spec.momentum, weightDecay: spec.weightDecay });
  const { beta1, beta2, epsilon, weightDecay } = spec;
  return (spec.kind === "adam" ? adam : adamw)({ lr, beta1, beta2, epsilon, weightDecay });
}
