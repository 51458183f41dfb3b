import { describe, expect, it } from "vitest";
import { type Architecture, mlp, resMlp } from "../../src/architectures/index.js";
import { brain } from "../../src/engines/brain/index.js";
import type { LearnerOptions, OptimizerSpec } from "../../src/engines/engine.js";

const options = (optimizer: OptimizerSpec): LearnerOptions => ({ optimizer, batchSize: 2, threads: 1 });
const sgd = options({ kind: "sgd", momentum: 0, weightDecay: 0 });
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const tanhNet = mlp({ features: 2, hidden: 2, classes: 2, activation: "tanh" });
const tanhWeights = () =>
  new Map([
    ["fc1.weight", Float32Array.of(0.5, -1, 2, 0.25)],
    ["fc1.bias", Float32Array.of(0.1, -0.2)],
    ["fc2.weight", Float32Array.of(1, -0.5, 0.75, 1.5)],
    ["fc2.bias", Float32Array.of(0, 0.3)],
  ]);

/** Two dense layers by hand, the activation after both. */
function outputs([a, b]: [number, number], f: (value: number) => number, w = tanhWeights()): number[] {
  const layer = (name: string, x: number[]) => {
    const weight = w.get(`${name}.weight`)!;
    return [0, 1].map((row) =>
      f(weight[2 * row]! * x[0]! + weight[2 * row + 1]! * x[1]! + w.get(`${name}.bias`)![row]!),
    );
  };
  return layer("fc2", layer("fc1", [a, b]));
}

describe("brain", () => {
  it.each([
    ["tanh", Math.tanh],
    ["relu", (value: number) => Math.max(value, 0)],
  ] as const)("gives the activated outputs of a %s network", async (activation, f) => {
    const architecture = mlp({ features: 2, hidden: 2, classes: 2, activation });
    const learner = await brain.create(architecture, tanhWeights(), sgd);
    const actual = await learner.logits(Float32Array.of(1, 2, -0.5, 0.25), 2);
    [...outputs([1, 2], f), ...outputs([-0.5, 0.25], f)].forEach((value, index) => {
      expect(actual[index]).toBeCloseTo(value, 5);
    });
  });

  it("returns its weights unchanged, in canonical order", async () => {
    const learner = await brain.create(tanhNet, tanhWeights(), sgd);
    expect(await learner.weights()).toEqual(tanhWeights());
  });

  it("steps along the gradient of half the squared error, at learningRate / batch size", async () => {
    const learner = await brain.create(tanhNet, tanhWeights(), sgd);
    const [y0, y1] = outputs([1, 2], Math.tanh) as [number, number];
    const batch = { inputs: Float32Array.of(1, 2, 1, 2), labels: Int32Array.of(1, 1), size: 2 };
    const rate = 1e-3;
    const loss = await learner.step(batch, rate);
    expect(loss).toBeCloseTo((y0 ** 2 + (1 - y1) ** 2) / 2, 4);
    const half = (w: ReturnType<typeof tanhWeights>) => {
      const [p, q] = outputs([1, 2], Math.tanh, w) as [number, number];
      return (p ** 2 + (1 - q) ** 2) / 2;
    };
    const moved = await learner.weights();
    for (const [name, before] of tanhWeights()) {
      before.forEach((value, index) => {
        const slope = [1e-3, -1e-3].map((shift) => {
          const shifted = tanhWeights();
          shifted.get(name)![index] = value + shift;
          return half(shifted);
        });
        const gradient = (slope[0]! - slope[1]!) / 2e-3;
        expect((moved.get(name)![index]! - value) / -rate, `${name}[${index}]`).toBeCloseTo(gradient, 2);
      });
    }
  });

  it.each([
    ["sgd with momentum", { kind: "sgd", momentum: 0.9, weightDecay: 0 }, 0.2],
    ["adam", { kind: "adam", ...adam, weightDecay: 0 }, 0.05],
  ] as const)("learns with %s", async (_, optimizer, rate) => {
    const learner = await brain.create(tanhNet, tanhWeights(), options(optimizer));
    const batch = { inputs: Float32Array.of(1, 0, 0, 1), labels: Int32Array.of(0, 1), size: 2 };
    const first = await learner.step(batch, rate);
    for (let step = 0; step < 100; step++) await learner.step(batch, rate);
    expect(await learner.step(batch, rate)).toBeLessThan(first / 10);
  });

  it("says what it cannot train", async () => {
    const reason = (architecture: Architecture, with_ = sgd) => brain.unsupported(architecture, with_);
    expect(await reason(tanhNet)).toBeUndefined();
    expect(await reason(mlp({ features: 2, hidden: 2, classes: 2, activation: "gelu" }))).toMatch(/relu or tanh.*gelu/);
    expect(await reason(mlp({ features: 2, hidden: 2, classes: 2, activation: "none" }))).toMatch(/chain of dense/);
    expect(await reason(resMlp({ features: 2, width: 4, blocks: 1, classes: 2 } as never))).toMatch(/chain of dense/);
    expect(await reason(tanhNet, options({ kind: "adamw", ...adam, weightDecay: 0 }))).toBe("brain.js has no AdamW");
    expect(await reason(tanhNet, options({ kind: "sgd", momentum: 0, weightDecay: 0.1 }))).toMatch(/no weight decay/);
  });

  it("names what is missing or has the wrong size", async () => {
    const weights = tanhWeights();
    weights.delete("fc2.bias");
    await expect(brain.create(tanhNet, weights, sgd)).rejects.toThrow('parameter "fc2.bias" needs 2 values, got none');
    const learner = await brain.create(tanhNet, tanhWeights(), sgd);
    await expect(learner.logits(new Float32Array(3), 2)).rejects.toThrow("need 4 input values, got 3");
    const labels = Int32Array.of(2);
    await expect(learner.step({ inputs: new Float32Array(2), labels, size: 1 }, 0.1)).rejects.toThrow(
      "labels in [0, 2)",
    );
    await learner.dispose();
    await expect(learner.logits(new Float32Array(2), 1)).rejects.toThrow("disposed");
  });

  it("tells its framework and that it minimises the squared error", async () => {
    const description = await brain.describe();
    expect(description).toMatchObject({ framework: "brain.js", objective: "squared-error" });
    expect(description.version).toMatch(/^2\./);
  });
});
