/** A brain.js `NeuralNetwork` that trains on batches. */
import { brainAdapter } from "@idinit/brain";
import { IdinitError } from "@idinit/core";
import { NeuralNetwork } from "brain.js";
import type { Batch, Learner, LearnerOptions } from "../engine.js";
import type { Chain } from "./chain.js";

/**
 * `step` trains on each example of the batch in turn and returns the mean of brain.js's error: over examples and outputs,
 * `(target - output)²` before that example's update. Momentum is brain.js's own: per example, on weights but not on biases.
 *
 * @throws IdinitError when a parameter is missing or of the wrong size.
 */
export function brainLearner(
  name: string,
  chain: Chain,
  weights: ReadonlyMap<string, Float32Array>,
  { optimizer }: LearnerOptions,
): Learner {
  const widths = [chain.inputs, ...chain.layers.map(({ out }) => out)];
  const classes = widths.at(-1)!;
  const net = new NeuralNetwork<Float32Array, Float32Array>({
    inputSize: chain.inputs,
    hiddenLayers: widths.slice(1, -1),
    outputSize: classes,
    activation: chain.activation,
    ...(optimizer.kind === "sgd"
      ? {}
      : { praxis: "adam" as const, beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon }),
  });
  net.initialize();
  // Set past the option check, which refuses 0.
  net.trainOpts.momentum = optimizer.kind === "sgd" ? optimizer.momentum : 0;
  const names = chain.layers.flatMap((layer, index) =>
    ["weight", "bias"].map((part) => ({ theirs: `layer${index + 1}.${part}`, ours: `${layer.name}.${part}` })),
  );
  const initial = brainAdapter.read(net);
  const given = names.map(({ theirs, ours }): [string, Float32Array] => {
    const size = initial.get(theirs)!.length;
    const values = weights.get(ours);
    if (values?.length === size) return [theirs, values];
    throw new IdinitError(`${name}: parameter "${ours}" needs ${size} values, got ${values?.length ?? "none"}`);
  });
  brainAdapter.write(net, new Map(given));
  let disposed = false;

  function examples(inputs: Float32Array | Int32Array, size: number): Float32Array[] {
    if (disposed) throw new IdinitError(`${name}: the learner was disposed`);
    if (size < 1 || inputs.length !== size * chain.inputs) {
      throw new IdinitError(
        `${name}: ${size} examples of ${chain.inputs} features need ${size * chain.inputs} input values, got ${inputs.length}`,
      );
    }
    const floats = inputs instanceof Float32Array ? inputs : Float32Array.from(inputs);
    return Array.from({ length: size }, (_, i) => floats.subarray(i * chain.inputs, (i + 1) * chain.inputs));
  }

  return {
    async step({ inputs, labels, size }: Batch, learningRate) {
      const batch = examples(inputs, size);
      if (labels.length !== size || labels.some((label) => label < 0 || label >= classes)) {
        throw new IdinitError(
          `${name}: a batch of ${size} needs ${size} labels in [0, ${classes}), got ${labels.length}`,
        );
      }
      net.trainOpts.learningRate = learningRate / size;
      let total = 0;
      batch.forEach((input, index) => {
        const output = new Float32Array(classes);
        output[labels[index]!] = 1;
        total += net.trainPattern({ input, output }, true)!;
      });
      return total / size;
    },
    async logits(inputs, size) {
      const outputs = new Float32Array(size * classes);
      for (const [index, input] of examples(inputs, size).entries()) outputs.set(net.run(input), index * classes);
      return outputs;
    },
    async weights() {
      const values = brainAdapter.read(net);
      return new Map(names.map(({ theirs, ours }) => [ours, values.get(theirs)!]));
    },
    async dispose() {
      disposed = true;
    },
  };
}
