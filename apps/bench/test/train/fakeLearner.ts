/** Learners that need no framework. */
import type { Engine, Learner, StepQueue } from "../../src/engines/engine.js";

/** Softmax regression, plain gradient descent: learns what a linear model can. */
export function softmaxRegression(features: number, classes: number): Learner {
  const weight = new Float64Array(classes * features);
  const scores = (inputs: Float32Array | Int32Array, row: number) =>
    Array.from({ length: classes }, (_, c) => {
      let sum = 0;
      for (let j = 0; j < features; j++) sum += weight[c * features + j]! * inputs[row * features + j]!;
      return sum;
    });
  return {
    async step({ inputs, labels, size }, learningRate) {
      const gradient = new Float64Array(weight.length);
      let loss = 0;
      for (let row = 0; row < size; row++) {
        const logits = scores(inputs, row);
        const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
        loss += (Math.log(total) - logits[labels[row]!]!) / size;
        logits.forEach((value, c) => {
          const error = (Math.exp(value) / total - (c === labels[row] ? 1 : 0)) / size;
          for (let j = 0; j < features; j++) gradient[c * features + j]! += error * inputs[row * features + j]!;
        });
      }
      for (let i = 0; i < weight.length; i++) weight[i]! -= learningRate * gradient[i]!;
      return loss;
    },
    logits: async (inputs, size) =>
      Float32Array.from(Array.from({ length: size }, (_, row) => scores(inputs, row)).flat()),
    weights: async () => new Map([["fc.weight", Float32Array.from(weight)]]),
    dispose: async () => {},
  };
}

/** Answers `logits` to everything, and `losses` in turn. */
export function scripted(losses: readonly number[], logits: (row: number) => readonly number[]): Learner {
  let step = 0;
  return {
    step: async () => losses[Math.min(step++, losses.length - 1)]!,
    logits: async (_, size) => Float32Array.from(Array.from({ length: size }, (__, row) => logits(row)).flat()),
    weights: async () => new Map(),
    dispose: async () => {},
  };
}

/** The same learner as a device's: losses wait until they are asked for. `asked` counts how many each time. */
export function queueing(learner: Learner): { readonly learner: Learner; readonly asked: number[] } {
  const waiting: number[] = [];
  const asked: number[] = [];
  const queue: StepQueue = {
    push: async (batch, learningRate) => void waiting.push(await learner.step(batch, learningRate)),
    losses: async () => {
      asked.push(waiting.length);
      return waiting.splice(0);
    },
  };
  const step = async () => {
    throw new Error("a step that waits for its loss");
  };
  return { learner: { ...learner, step, queue }, asked };
}

/** An engine of one learner. */
export function fakeEngine(create: Engine["create"], reason?: string): Engine {
  return {
    name: "onnxruntime-node",
    unsupported: async () => reason,
    describe: async () => ({ framework: "fake", version: "1", device: "none" }),
    create,
  };
}
