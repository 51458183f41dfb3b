/** Well-known architectures at small widths, step by step against PyTorch (fixtures/whole-models/make_whole_models.py). */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createTrainer, type TrainerOptions } from "../src/index.js";
import { OPTIMIZERS, sample, WHOLE_MODELS, wholeModel } from "./support/whole-models.js";

/** The optimizers of a model, where not all; all runs take minutes: IDINIT_FULL=1. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  resnet18: ["sgd"],
  mobilenetv2: ["adamw"],
  vit: ["sgd", "adamw"],
  bert: ["sgd", "adamw"],
  unet: ["sgd", "adamw"],
};
const full = process.env.IDINIT_FULL === "1";

/**
 * Rounding moves a few of a million activations over the kink of a ReLU, and batch norms of few values make much of it: from
 * there on two correct runs part, PyTorch's own in float32 and float64 (`drift`) no less. Their gradients show whether they
 * are correct.
 */
const KINKED = ["resnet18", "mobilenetv2"];
const lossTolerance = (name: string, drift: number) => Math.max(KINKED.includes(name) ? 1e-3 : 1e-5, 20 * drift);

/** Relative to how far a weight has moved. The direction of Lion's steps is a sign, which rounding may turn. */
function weightTolerance(name: string, kind: string, drift: number): number {
  if (kind === "lion") return 2;
  return Math.max(KINKED.includes(name) ? 0.3 : 5e-3, 100 * drift);
}

/** onnxruntime's optimizer takes longer than the training: it has its say with one optimizer of ours. */
const sessionOptions = (kind: string): NonNullable<TrainerOptions["sessionOptions"]> => ({
  intraOpNumThreads: 1,
  ...(kind !== "sgd" && { graphOptimizationLevel: "disabled" }),
});

describe.each(WHOLE_MODELS)("%s, as PyTorch trains it", (name) => {
  it("has the gradients that PyTorch finds in float64", async () => {
    const { bytes, loss, gradients, batch } = wholeModel(name);
    const trainable = Object.keys(gradients);
    const options = { ort, loss, optimizer: OPTIMIZERS.adam!, trainable, sessionOptions: sessionOptions("adam") };
    const trainer = await createTrainer(bytes, options);
    const all = Math.max(...Object.values(gradients).map(({ largest }) => largest));
    const actual = await trainer.gradients(batch(0));
    for (const [key, { largest, sample: expected }] of Object.entries(gradients)) {
      // A gradient that is zero but for rounding is measured against the others.
      const scale = Math.max(largest, 5e-3 * all);
      const error = Math.max(...sample(actual.get(key)!).map((value, i) => Math.abs(value - expected[i]!)));
      expect(error / scale, key).toBeLessThan(1e-4);
    }
    await trainer.dispose();
  });

  for (const kind of Object.keys(OPTIMIZERS)) {
    const skipped = !full && ALWAYS[name]?.includes(kind) === false;
    it.skipIf(skipped)(`for 20 steps with ${kind}${skipped ? " (skipped: IDINIT_FULL is not 1)" : ""}`, async () => {
      const { bytes, loss, scale, runs, batch } = wholeModel(name);
      const { losses, weights, noise, drift } = runs[kind]!;
      const optimizer = OPTIMIZERS[kind]!;
      const trainable = Object.keys(weights);
      const options = { ort, loss, optimizer, trainable, sessionOptions: sessionOptions(kind) };
      const trainer = await createTrainer(bytes, options);
      const before = await trainer.parameters();
      for (const [step, expected] of losses.entries()) {
        const result = await trainer.step(batch(step), { lr: scale * optimizer.lr });
        const tolerance = lossTolerance(name, Math.max(...drift.slice(0, step + 1)));
        expect(Math.abs(result.loss / expected - 1), `loss of step ${step}`).toBeLessThan(tolerance);
      }
      const after = await trainer.parameters();
      expect([...after.keys()].sort()).toEqual([...trainable].sort());
      const ways = Object.entries(weights).map(([key, expected]) => {
        const start = sample(before.get(key)!);
        const moved = Math.max(...expected.map((value, i) => Math.abs(value - start[i]!)));
        const error = Math.max(...sample(after.get(key)!).map((value, i) => Math.abs(value - expected[i]!)));
        return { key, moved, error };
      });
      const farthest = Math.max(...ways.map(({ moved }) => moved));
      for (const { key, moved, error } of ways) {
        if (noise.includes(key)) continue;
        expect(moved, `${key} has moved`).toBeGreaterThan(0);
        const scale = Math.max(moved, KINKED.includes(name) ? 1e-2 * farthest : 0);
        expect(error / scale, key).toBeLessThan(weightTolerance(name, kind, Math.max(...drift)));
      }
      await trainer.dispose();
    });
  }
});
