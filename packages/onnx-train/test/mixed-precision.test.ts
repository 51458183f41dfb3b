/** Mixed precision, in training: near to float32, and steps that overflow are skipped. */
import { readSafetensors } from "@idinit/core/formats";
import { DataType, decodeModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  adagrad,
  adam,
  adamw,
  fit,
  type Optimizer,
  type Ort,
  type StepResult,
  sgd,
  type Trainer,
} from "../src/index.js";
import { fixture, relativeError } from "./support/fixtures.js";
import { roundingOrt } from "./support/float16.js";
import { mixed } from "./support/mixed.js";
import { batch, create } from "./support/trainers.js";

describe("20 steps stay near to those in float32", () => {
  const SLOW = { momentum: 0.9 };
  const runs: [string, Optimizer, { loss: number; weights: number }][] = [
    ["mlp", sgd({ lr: 0.1, ...SLOW, dampening: 0.1 }), { loss: 1e-3, weights: 5e-3 }],
    ["mlp", adamw({ lr: 0.01, epsilon: 1e-4 }), { loss: 1e-3, weights: 5e-3 }],
    ["mlp", adagrad({ lr: 0.01, lrDecay: 0.1 }), { loss: 1e-3, weights: 5e-3 }],
    ["transformer", sgd({ lr: 0.1, ...SLOW }), { loss: 1e-3, weights: 5e-3 }],
    ["transformer", adam({ lr: 0.01, epsilon: 1e-4 }), { loss: 1e-3, weights: 5e-3 }],
    // Batch norms of a few values and ReLU's kinks amplify rounding, the more the larger the steps.
    ["resnet", sgd({ lr: 1e-3, ...SLOW }), { loss: 2e-3, weights: 0.06 }],
    ["resnet", adamw({ lr: 3e-4, epsilon: 1e-4 }), { loss: 2e-3, weights: 0.03 }],
  ];

  it.each(runs.map(([model, ...rest]) => [model, rest[0].name, ...rest] as const))(
    "%s, %s",
    async (model, _name, optimizer, tolerance) => {
      const { batch: of, steps } = fixture(model);
      const [exact, rounded] = [await create(model, { optimizer }), await mixed(model, { optimizer })];
      const start = await exact.parameters();
      for (let step = 0; step < 20; step++) {
        const { loss: expected } = await exact.step(of(step % steps));
        const { loss: actual, skipped } = await rounded.step(of(step % steps));
        expect(skipped).toBe(false);
        expect(Math.abs(actual / expected - 1), `loss of step ${step}`).toBeLessThan(tolerance.loss);
      }
      const [a, b] = [await exact.parameters(), await rounded.parameters()];
      const distance = (from: typeof a, to: typeof a) =>
        Math.hypot(...[...from].flatMap(([name, values]) => [...values].map((value, i) => value - to.get(name)![i]!)));
      const drift = distance(a, b) / distance(a, start);
      expect(drift).toBeLessThan(tolerance.weights);
      // Something was rounded.
      expect(drift).toBeGreaterThan(1e-5);
      await exact.dispose();
      await rounded.dispose();
    },
  );
});

const ADAM = { optimizer: adam({ lr: 0.01, weightDecay: 0.01 }), clipNorm: 0.5, emaDecay: 0.9 };

/** What a trainer goes on from. */
async function stateOf(trainer: Trainer) {
  const { tensors, metadata } = readSafetensors(await trainer.checkpoint());
  const scalar = (name: string) => (tensors.get(name)!.data as Float32Array)[0]!;
  const scaling = { scale: scalar("loss_scale"), good: scalar("good_steps"), skipped: scalar("skipped_steps") };
  const rest = new Map([...tensors].filter(([, { shape }]) => shape.length > 0));
  return { scaling, rest, step: Number(metadata.step) };
}

describe("a step whose gradients overflow", () => {
  it.each([
    ["sgd", "mlp", 40, sgd({ lr: 0.1, momentum: 0.9, dampening: 0.2 })],
    ["adam", "resnet", 24, ADAM.optimizer],
    ["adagrad", "mlp", 40, adagrad({ lrDecay: 0.5 })],
  ])(
    "changes nothing but the scale, and training goes on as if it had not been (%s, %s, from 2^%d)",
    async (_name, model, power, optimizer) => {
      const images = fixture(model).batch;
      const more = { ...ADAM, optimizer };
      const trainer = await mixed(model, { ...more, lossScale: { start: 2 ** power } });
      const before = await stateOf(trainer);
      let skips = 0;
      let told: StepResult;
      for (;;) {
        told = await trainer.step(images(0));
        if (!told.skipped) break;
        expect(told).toMatchObject({ lossScale: 2 ** (power - skips), diverged: false });
        skips++;
        const { scaling, rest, step } = await stateOf(trainer);
        expect(scaling).toEqual({ scale: 2 ** (power - skips), good: 0, skipped: skips });
        expect(rest).toEqual(before.rest);
        expect(step).toBe(0);
      }
      expect(skips).toBeGreaterThan(5);
      const other = await mixed(model, { ...more, lossScale: { start: 2 ** (power - skips) } });
      expect(await other.step(images(0))).toEqual(told);
      for (const step of [1, 2, 3]) expect(await trainer.step(images(step))).toEqual(await other.step(images(step)));
      const [a, b] = [await stateOf(trainer), await stateOf(other)];
      expect(a).toEqual({ ...b, scaling: { ...b.scaling, skipped: skips + b.scaling.skipped } });
      expect(a.step).toBe(4 - b.scaling.skipped);
      expect((await trainer.optimizerState()).step).toBe(a.step);
      await trainer.dispose();
      await other.dispose();
    },
  );

  it("in the midst of good ones is undone as well", async () => {
    const [one, other] = [await mixed("mlp", ADAM), await mixed("mlp", ADAM)];
    for (const trainer of [one, other]) for (const step of [0, 1]) await trainer.step(batch(step));
    const huge = { ...batch(2), input: (batch(2).input as Float32Array).map((value) => value * 1e6) };
    const { loss: lost, skipped, diverged } = await one.step(huge);
    // The activations overflow already: such a loss is no number.
    expect([Number.isFinite(lost), skipped, diverged]).toEqual([false, true, true]);
    expect((await stateOf(one)).rest).toEqual((await stateOf(other)).rest);
    await one.step(batch(3));
    await other.step(batch(3));
    // The scale is another; powers of two lose nothing but what is nearly zero.
    const [a, b] = [await one.parameters(), await other.parameters()];
    for (const [name, values] of a) expect(relativeError(values, b.get(name)!), name).toBeLessThan(1e-5);
    await one.dispose();
    await other.dispose();
  });

  it("in a batch in parts leaves running statistics alone too", async () => {
    const images = fixture("resnet").batch;
    const [whole, parts] = [
      await mixed("resnet", ADAM),
      await mixed("resnet", { ...ADAM, lossScale: { start: 2 ** 20 } }),
    ];
    const before = await stateOf(parts);
    let told = await parts.step([images(0), images(0)]);
    expect(told).toMatchObject({ skipped: true, lossScale: 2 ** 20, diverged: false });
    expect((await stateOf(parts)).rest).toEqual(before.rest);
    while (told.skipped) told = await parts.step([images(0), images(0)]);
    const expected = await whole.step(images(0));
    expect(told.loss).toBeCloseTo(expected.loss, 5);
    expect(told.gradientNorm! / expected.gradientNorm!).toBeCloseTo(1, 3);
    expect((await parts.runningStatistics()).size).toBeGreaterThan(0);
    expect((await stateOf(parts)).step).toBe(1);
    await whole.dispose();
    await parts.dispose();
  });

  it("at scale 1 has diverged, and fit says that nothing was changed", async () => {
    const trainer = await mixed("mlp", { loss: "mse", lossScale: { start: 2 } });
    const before = await trainer.parameters();
    const { input } = batch(0);
    const count = (Object.values(await trainer.predict({ input }))[0]!.data as Float32Array).length;
    // A loss of 1e18, whose gradient by an output is beyond float16.
    const far = { input, target: new Float32Array(count).fill(1e9) };
    expect(await trainer.step(far)).toMatchObject({ skipped: true, lossScale: 2, diverged: false });
    expect(await trainer.step(far)).toMatchObject({ skipped: true, lossScale: 1, diverged: true });
    await expect(fit(trainer, [far])).rejects.toThrow("the step was skipped");
    expect(await trainer.parameters()).toEqual(before);
    expect((await stateOf(trainer)).scaling).toEqual({ scale: 1, good: 0, skipped: 3 });
    await trainer.dispose();
  });
});

describe("the scale", () => {
  it("grows after so many good steps in a row", async () => {
    const trainer = await mixed("mlp", { lossScale: { start: 2 ** 10, growthInterval: 3 } });
    const scales: number[] = [];
    for (let step = 0; step < 7; step++) scales.push((await trainer.step(batch(step % 5))).lossScale!);
    expect(scales.map(Math.log2)).toEqual([10, 10, 10, 11, 11, 11, 12]);
    await trainer.dispose();
  });

  it("is told by enqueued steps, too, and nothing waits for it", async () => {
    const more = { ...ADAM, lossScale: { start: 2 ** 40 } };
    const [now, later] = [await mixed("mlp", more), await mixed("mlp", more)];
    const expected = [];
    for (let step = 0; step < 30; step++) {
      expected.push(await now.step(batch(step % 5)));
      await later.enqueue(batch(step % 5));
    }
    expect(await later.results()).toEqual(expected);
    expect(new Set(expected.map(({ skipped }) => skipped)).size).toBe(2);
    expect(await later.checkpoint()).toEqual(await now.checkpoint());
    await now.dispose();
    await later.dispose();
  });
});

describe("a checkpoint", () => {
  it("resumes to the same bits, the scale and its counters with it", async () => {
    const more = { ...ADAM, lossScale: { start: 2 ** 19, growthInterval: 2 } };
    const whole = await mixed("resnet", more);
    const images = fixture("resnet").batch;
    const told: StepResult[] = [];
    for (let step = 0; step < 8; step++) told.push(await whole.step(images(step % 5)));
    expect(new Set(told.map(({ skipped }) => skipped)).size).toBe(2);
    const saved = await whole.checkpoint();
    const resumed = await mixed("resnet", more);
    await resumed.restore(saved);
    expect(await resumed.checkpoint()).toEqual(saved);
    for (let step = 0; step < 5; step++)
      expect(await resumed.step(images(step))).toEqual(await whole.step(images(step)));
    expect(await resumed.checkpoint()).toEqual(await whole.checkpoint());
    const { step, slots } = await whole.optimizerState();
    await resumed.loadOptimizerState({ step: step + 10, slots });
    expect((await resumed.optimizerState()).step).toBe(step + 10);
    const exact = await create("resnet", ADAM);
    await expect(resumed.restore(await exact.checkpoint())).rejects.toThrow('tensor "loss_scale" is missing');
    for (const trainer of [whole, resumed, exact]) await trainer.dispose();
  });

  it("is not what is exported: that is a model in float32", async () => {
    const trainer = await mixed("mlp");
    await trainer.step(batch(0));
    const { nodes, initializers } = decodeModel(await trainer.export()).graph;
    expect(nodes.filter(({ opType }) => opType === "Cast")).toEqual([]);
    expect(new Set(initializers.map(({ dataType }) => dataType))).toEqual(new Set([DataType.float]));
    const exact = await create("mlp");
    await exact.loadParameters(await trainer.parameters());
    expect(await trainer.gradients(batch(0))).toEqual(await exact.gradients(batch(0)));
    expect(await trainer.evaluate(batch(0))).toEqual(await exact.evaluate(batch(0)));
    await trainer.dispose();
    await exact.dispose();
  });
});

describe("a device", () => {
  /** Stands for another execution provider: the CPU's under another name, with `change` between it and the trainer. */
  const foreign = (change: (results: Record<string, ort.Tensor>) => Record<string, ort.Tensor>) =>
    ({
      ...roundingOrt,
      InferenceSession: {
        create: async (bytes: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
          const session = await roundingOrt.InferenceSession.create(bytes, { ...options, executionProviders: ["cpu"] });
          if (options.executionProviders![0] === "cpu") return session;
          const run = session.run.bind(session) as (feeds: ort.InferenceSession.FeedsType) => Promise<never>;
          return Object.assign(session, { run: async (feeds: never) => change({ ...((await run(feeds)) as object) }) });
        },
      },
    }) as unknown as Ort;
  const more = { optimizer: sgd({ lr: 0.1, momentum: 0.9 }), sessionOptions: { executionProviders: ["other"] } };

  it("without float16 is refused before the first step, with what is missing", async () => {
    const lacking = foreign(() => {
      throw new Error("Program Cast requires f16 but the device does not support it.");
    });
    const made = mixed("mlp", { ...more, ort: lacking });
    await expect(made).rejects.toThrow(
      /precision "mixed" needs float16, and other cannot .* "shader-f16": Program Cast requires f16/,
    );
    const wrong = foreign((results) => ({ ...results, ...zeroed(results) }));
    await expect(mixed("mlp", { ...more, ort: wrong })).rejects.toThrow("1.5 x 1.5 x 4 gave 0");
  });

  it("is compared with the CPU at the first step that is not skipped", async () => {
    const scales = { ...more, lossScale: { start: 2 ** 40 } };
    const until = async (trainer: Trainer) => {
      while ((await trainer.step(batch(0))).skipped);
    };
    const good = await mixed("mlp", { ...scales, ort: foreign((results) => results) });
    await until(good);
    await good.dispose();
    const wrong = foreign((results) =>
      Object.keys(results).length > 2 ? { ...results, ...zeroed(results) } : results,
    );
    const bad = await mixed("mlp", { ...scales, ort: wrong });
    await expect(until(bad)).rejects.toThrow("the device's first step is not the CPU's");
    await bad.dispose();
  });

  const zeroed = (results: Record<string, ort.Tensor>) =>
    Object.fromEntries(
      Object.entries(results)
        .filter(([, { dims }]) => dims.length > 0)
        .map(([name, { data, dims }]) => [name, new ort.Tensor("float32", new Float32Array(data.length), dims)]),
    );
});
