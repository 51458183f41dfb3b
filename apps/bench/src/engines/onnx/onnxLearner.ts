/** A network that trains on onnxruntime. */
import { createTrainer, type Ort, type TrainerOptions } from "@idinit/onnx-train";
import { type Architecture, inputShape } from "../../architectures/index.js";
import { inputType, toOnnx } from "../../architectures/onnx/toOnnx.js";
import type { Learner, LearnerOptions, StepQueue } from "../engine.js";
import { checkBatch, checkInputs } from "./checkBatch.js";
import { optimizerOf } from "./optimizerOf.js";

/** Builds the training step for the weights. `ort` is the module `onnxruntime-node` or `onnxruntime-web`. */
export async function onnxLearner(
  ort: Ort,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  { optimizer, batchSize, precision }: LearnerOptions,
  sessionOptions: NonNullable<TrainerOptions["sessionOptions"]>,
): Promise<Learner> {
  const trainer = await createTrainer(toOnnx(architecture, { weights }), {
    ort,
    loss: "softmax-cross-entropy",
    optimizer: optimizerOf(optimizer, architecture),
    batchSize,
    precision,
    sessionOptions,
  });
  const queue: StepQueue = {
    push: async (batch, learningRate) => {
      checkBatch(architecture, batch, batchSize);
      const { inputs, labels } = batch;
      await trainer.enqueue({ input: inputs, target: labels }, { lr: learningRate });
    },
    losses: async () => (await trainer.results()).map(({ loss }) => loss),
  };
  // Elsewhere a step is over when its call returns, and there is nothing to gain.
  const onDevice = sessionOptions.executionProviders?.some(
    (provider) => (typeof provider === "string" ? provider : provider.name) === "webgpu",
  );
  return {
    step: async (batch, learningRate) => {
      checkBatch(architecture, batch, batchSize);
      const { inputs, labels } = batch;
      return (await trainer.step({ input: inputs, target: labels }, { lr: learningRate })).loss;
    },
    ...(onDevice && { queue }),
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
