/** Parts of a batch, rates of a step, averages, frozen norms: what a trainer does beside plain steps. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { adamw, createTrainer, sgd, softmaxCrossEntropy } from "../src/index.js";
import { fixture, relativeError } from "./support/fixtures.js";
import { batch, create, expectEqualWeights, rows, steps } from "./support/trainers.js";

describe("a batch in parts", () => {
  it("gives the step of the whole, also with parts of different size", async () => {
    const more = { optimizer: adamw({ lr: 0.01, epsilon: 1e-4 }), clipNorm: 0.1, emaDecay: 0.5 };
    const [whole, parts] = [await create("mlp", more), await create("mlp", more)];
    for (let step = 0; step < steps; step++) {
      const expected = await whole.step(batch(step));
      const result = await parts.step([rows(step, 0, 2), rows(step, 2, 7), rows(step, 7, 9)]);
      expect(result.loss).toBeCloseTo(expected.loss, 5);
      expect(result.gradientNorm! / expected.gradientNorm!).toBeCloseTo(1, 5);
    }
    await expectEqualWeights(whole, parts, 2e-5);
    const [a, b] = [await whole.averages(), await parts.averages()];
    for (const [name, values] of a) expect(relativeError(values, b.get(name)!)).toBeLessThan(2e-5);
    expect((await parts.optimizerState()).step).toBe(steps);
    await whole.dispose();
    await parts.dispose();
  });

  it("weighs parts by what they count, where samples are left out", async () => {
    const loss = softmaxCrossEntropy({ ignoreIndex: -1 });
    const [whole, parts] = [await create("mlp", { loss }), await create("mlp", { loss })];
    const target = [...batch(0).target].map(Number).map((label, i) => (i < 4 && i !== 1 ? -1 : label));
    const input = batch(0).input as Float32Array;
    const part = (from: number, to: number) => ({
      input: input.slice(6 * from, 6 * to),
      target: target.slice(from, to),
    });
    const { loss: expected } = await whole.step({ input, target });
    const { loss: actual } = await parts.step([part(0, 4), part(4, 9)]);
    expect(actual).toBeCloseTo(expected, 6);
    await expectEqualWeights(whole, parts, 1e-6);
    await whole.dispose();
    await parts.dispose();
  });

  it("follows the running statistics part by part", async () => {
    const resnet = fixture("resnet");
    const [one, parts] = [await create("resnet", { optimizer: sgd({ lr: 0 }) }), await create("resnet")];
    for (const step of [0, 1]) await one.step(resnet.batch(step));
    await parts.step([resnet.batch(0), resnet.batch(1)]);
    const [a, b] = [await one.runningStatistics(), await parts.runningStatistics()];
    for (const [name, values] of a) expect(relativeError(b.get(name)!, values), name).toBeLessThan(1e-6);
    await one.dispose();
    await parts.dispose();
  });

  it("changes nothing where a part is wrong", async () => {
    const trainer = await create("resnet");
    const before = await trainer.checkpoint();
    const good = fixture("resnet").batch(0);
    await expect(trainer.step([good, { ...good, target: [9, 0, 0, 0, 0, 0] }])).rejects.toThrow("class indices 0 to 4");
    await expect(trainer.step([])).rejects.toThrow("at least, got none");
    expect(await trainer.checkpoint()).toEqual(before);
    await trainer.dispose();
  });
});

describe("rates of a step", () => {
  it("change the limit and the average for one step", async () => {
    const trainer = await create("mlp", { clipNorm: 1, emaDecay: 0.9 });
    const before = await trainer.parameters();
    await trainer.step(batch(0), { clipNorm: 1e-3, emaDecay: 0 });
    const after = await trainer.parameters();
    const moved = [...after].flatMap(([name, values]) => [...values.map((v, i) => v - before.get(name)![i]!)]);
    expect(Math.hypot(...moved)).toBeCloseTo(0.1 * 1e-3, 7);
    for (const [name, values] of await trainer.averages())
      expect(relativeError(values, after.get(name)!)).toBeLessThan(1e-6);
    await trainer.dispose();
  });

  it.each([
    ["weightDecay", { weightDecay: 0.1 }, "weightDecay 0.1 needs an optimizer made with a weightDecay above 0"],
    ["clipNorm", { clipNorm: 1 }, "clipNorm needs a trainer made with clipNorm"],
    ["emaDecay", { emaDecay: 0.9 }, "emaDecay needs a trainer made with emaDecay"],
    ["rate", { rate: 1 }, 'step: no option "rate"; there are lr, weightDecay, clipNorm, emaDecay'],
    ["lr", { lr: Number.NaN }, "lr must be in [0, Infinity), got NaN"],
  ])("%s without an input in the graph is an error", async (_name, rates, message) => {
    const trainer = await create("mlp");
    await expect(trainer.step(batch(0), rates)).rejects.toThrow(message);
    expect((await trainer.optimizerState()).step).toBe(0);
    await trainer.dispose();
  });

  it("must be in range when a trainer is made", async () => {
    await expect(create("mlp", { clipNorm: 0 })).rejects.toThrow("clipNorm must be above 0, got 0");
    await expect(create("mlp", { emaDecay: 1 })).rejects.toThrow("emaDecay: the decay must be in [0, 1), got 1");
  });

  it("reports gradients that are not finite", async () => {
    const trainer = await create("mlp", { clipNorm: 1 });
    const weights = await trainer.parameters();
    await trainer.loadParameters(new Map([["fc3.weight", weights.get("fc3.weight")!.map(() => 1e38)]]));
    expect((await trainer.step(batch(0))).diverged).toBe(true);
    await trainer.dispose();
  });
});

describe("moving averages", () => {
  it("are used by evaluate, predict and export, and start anew from loaded weights", async () => {
    const trainer = await create("mlp", { emaDecay: 0.9 });
    const start = await trainer.parameters();
    expect(await trainer.averages()).toEqual(start);
    for (let step = 0; step < 3; step++) await trainer.step(batch(step));
    const input = batch(0).input;
    const [plain, averaged] = [await trainer.predict({ input }), await trainer.predict({ input }, { averaged: true })];
    expect(averaged.logits!.data).not.toEqual(plain.logits!.data);
    const exported = await create("mlp");
    const again = await createTrainer(await trainer.export({ averaged: true }), {
      ort,
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0 }),
    });
    expect(await again.parameters()).toEqual(await trainer.averages());
    expect((await again.evaluate(batch(0))).loss).toBeCloseTo(
      (await trainer.evaluate(batch(0), { averaged: true })).loss,
      6,
    );
    await trainer.loadParameters(start);
    expect(await trainer.averages()).toEqual(start);
    for (const one of [trainer, exported, again]) await one.dispose();
  });

  it("are asked for in vain without emaDecay", async () => {
    const trainer = await create("mlp");
    for (const call of [() => trainer.averages(), () => trainer.export({ averaged: true })]) {
      await expect(call()).rejects.toThrow("averages need a trainer made with emaDecay");
    }
    await trainer.dispose();
  });
});

describe("frozen batch norms", () => {
  const { batch: images } = fixture("resnet");

  it("keep to their running statistics where neither scale nor shift is trained", async () => {
    const trainer = await create("resnet", { trainable: ["fc.weight", "fc.bias"] });
    expect(await trainer.runningStatistics()).toEqual(new Map());
    const { loss } = await trainer.evaluate(images(0));
    expect((await trainer.step(images(0))).loss).toBeCloseTo(loss, 5);
    await trainer.dispose();
  });

  it("use the batch where the trainer is told so", async () => {
    const trainer = await create("resnet", { trainable: ["fc.weight"], batchNorm: "batch" });
    const whole = await create("resnet");
    expect((await trainer.step(images(0))).loss).toBeCloseTo((await whole.step(images(0))).loss, 5);
    expect((await trainer.runningStatistics()).size).toBe((await whole.runningStatistics()).size);
    await trainer.dispose();
    await whole.dispose();
  });

  it("pass gradients on as finite differences do, also by scale and shift", async () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", ["batch", 2, 3]);
    const initializer = (name: string, ...values: number[]) => g.initializer(name, [2], Float32Array.from(values));
    const scaled = g.node("Mul", [x, g.initializer("w", [2, 1], Float32Array.of(1.5, -0.5))]);
    const inputs = [initializer("scale", 0.7, -1.2), initializer("shift", 0.3, 0.1)];
    const statistics = [initializer("mean", 0.4, -0.3), initializer("variance", 0.6, 2)];
    g.output(g.node("BatchNormalization", [scaled, ...inputs, ...statistics]), "float32", ["batch", 2, 3]);
    const batch = {
      x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1)),
      target: Float32Array.from({ length: 24 }, (_, i) => Math.cos(5 * i)),
    };
    const more = { ort, loss: "mse", optimizer: sgd({ lr: 0 }), batchNorm: "running" } as const;
    const trainer = await createTrainer(encodeModel(g.build()), more);
    const weights = await trainer.parameters();
    const gradients = await trainer.gradients(batch);
    expect([...gradients.keys()].sort()).toEqual(["scale", "shift", "w"]);
    for (const [name, gradient] of gradients) {
      for (const [i, expected] of gradient.entries()) {
        // The loss is quadratic in each of these: central differences are exact but for rounding, whatever the step.
        const at = async (h: number) => {
          const moved = weights.get(name)!.map((value, k) => value + (k === i ? h : 0));
          await trainer.loadParameters(new Map([[name, moved]]));
          return (await trainer.evaluate(batch)).loss;
        };
        expect(((await at(0.5)) - (await at(-0.5))) / expected, `${name}[${i}]`).toBeCloseTo(1, 4);
      }
      await trainer.loadParameters(weights);
    }
    await trainer.dispose();
  });

  it("rejects another mode", async () => {
    await expect(create("resnet", { batchNorm: "eval" as never })).rejects.toThrow('batchNorm must be "auto"');
  });
});
