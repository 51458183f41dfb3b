/** Mixed precision: products in float16, the loss scaled, steps that overflow skipped. */
import { float16, halfToFloat32, readSafetensors } from "@idinit/core/formats";
import { DataType, decodeModel, encodeModel, GraphBuilder, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  adagrad,
  adam,
  adamw,
  buildTrainingModel,
  createTrainer,
  fit,
  type Optimizer,
  type Ort,
  type StepResult,
  sgd,
  type Trainer,
  type TrainerOptions,
} from "../src/index.js";
import { TrainingGraph } from "../src/training-graph.js";
import { fixture, modelBytes, relativeError } from "./support/fixtures.js";
import { roundingOrt } from "./support/float16.js";
import { batch, create, rows } from "./support/trainers.js";

/** With every batch size known, so that no product stays in float32. */
const mixed = (model: string, more: Partial<TrainerOptions> = {}) =>
  create(model, { ort: roundingOrt, precision: "mixed", batchSize: { mlp: 9, resnet: 6 }[model] ?? 5, ...more });

const PRODUCTS = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/** Operators of a graph, and of how many products the inputs are float16. */
function look(bytes: Uint8Array) {
  const { nodes } = decodeModel(bytes).graph;
  const casts = nodes.filter((node) => node.opType === "Cast" && getInt(node, "to") === DataType.float16);
  const products = nodes.filter(({ opType }) => PRODUCTS.has(opType));
  const half = products.filter(({ inputs }) => inputs.every((name) => name === "" || name.startsWith("mixed/")));
  return { nodes, casts: casts.map(({ inputs }) => inputs[0]!), products: products.length, half: half.length };
}

const loss = "softmax-cross-entropy";

describe("the graph", () => {
  it.each(["mlp", "resnet", "transformer"])("of %s has its products in float16, and each value cast once", (model) => {
    const batchSize = { mlp: 9, resnet: 6 }[model] ?? 5;
    const { bytes } = buildTrainingModel(modelBytes(model), { loss, precision: "mixed", batchSize });
    const { nodes, casts, products, half } = look(bytes);
    expect(half).toBe(products);
    expect(products).toBeGreaterThan(6);
    expect(new Set(casts).size).toBe(casts.length);
    const read = new Set(nodes.flatMap(({ inputs }) => inputs));
    const outputs = decodeModel(bytes).graph.outputs.map(({ name }) => name);
    for (const node of nodes) expect(node.outputs.some((name) => read.has(name) || outputs.includes(name))).toBe(true);
  });

  it("leaves sums that are long, or of unknown length, in float32", () => {
    const product = (depth: number | string) => {
      const g = new GraphBuilder({ opset: 17 });
      const w = g.initializer("w", [3, 4], new Float32Array(12));
      const [y] = g.node("MatMul", [g.input("x", "float32", [depth, 3]), w], {}, { outputs: ["y"] });
      g.output(y!, "float32", [depth, 4]);
      return look(buildTrainingModel(encodeModel(g.build()), { loss: "mse", precision: "mixed" }).bytes);
    };
    // Forwards sums over 3; the gradient by the weights sums over the batch.
    expect(product(2048)).toMatchObject({ products: 2, half: 2 });
    expect(product(2049)).toMatchObject({ products: 2, half: 1 });
    expect(product("batch")).toMatchObject({ products: 2, half: 1 });
  });

  it("is the same as ever in float32", () => {
    const options = { loss, optimizer: adamw(), clipNorm: 1, emaDecay: 0.9 } as const;
    const plain = buildTrainingModel(modelBytes("resnet"), options);
    expect(buildTrainingModel(modelBytes("resnet"), { ...options, precision: "float32" })).toEqual(plain);
    expect(look(plain.bytes)).toMatchObject({ casts: [], half: 0 });
    expect(plain.info.state.filter(({ kind }) => kind === "scaling")).toEqual([]);
    expect(plain.info.scaling).toBeUndefined();
  });

  it("rounds what goes in and what comes out, and nothing else", async () => {
    const x = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i + 1));
    const w = Float32Array.from({ length: 12 }, (_, i) => Math.cos(3 * i));
    const g = new GraphBuilder({ opset: 17 });
    g.output(g.node("MatMul", [g.input("x", "float32", [2, 3]), g.initializer("w", [3, 4], w)]), "float32", [2, 4]);
    const trainer = await createTrainer(encodeModel(g.build()), {
      ort: roundingOrt,
      loss: "mse",
      optimizer: sgd({ lr: 1 }),
      precision: "mixed",
    });
    const target = new Float32Array(8);
    const round = (values: Float32Array) => halfToFloat32(float16(values));
    const product = (a: ArrayLike<number>, b: ArrayLike<number>, [n, k, m]: readonly [number, number, number]) =>
      Float32Array.from({ length: n * m }, (_, at) =>
        Array.from({ length: k }, (_, i) => a[Math.floor(at / m) * k + i]! * b[i * m + (at % m)]!).reduce(
          (p, q) => p + q,
        ),
      );
    const y = round(product(round(x), round(w), [2, 3, 4]));
    const expected = y.reduce((sum, value) => sum + value * value, 0) / 8;
    const scale = 2 ** 16;
    const dy = round(y.map((value) => (2 * scale * value) / 8));
    const turned = Float32Array.from({ length: 6 }, (_, i) => x[3 * (i % 2) + Math.floor(i / 2)]!);
    const dw = round(product(round(turned), dy, [3, 2, 4])).map((value) => value / scale);
    const told = await trainer.step({ x, target });
    expect(told).toEqual({ loss: told.loss, diverged: false, skipped: false, lossScale: scale });
    expect(told.loss / expected).toBeCloseTo(1, 6);
    const after = (await trainer.parameters()).get("w")!;
    // A last bit of float16 would be 5e-4.
    expect(
      relativeError(
        after,
        w.map((value, i) => value - dw[i]!),
      ),
    ).toBeLessThan(1e-6);
    await trainer.dispose();
  });
});

describe("20 steps stay near to those in float32", () => {
  const SLOW = { momentum: 0.9 };
  const runs: [string, Optimizer, { loss: number; weights: number }][] = [
    ["mlp", sgd({ lr: 0.1, ...SLOW, dampening: 0.1 }), { loss: 1e-3, weights: 5e-3 }],
    ["mlp", adamw({ lr: 0.01, epsilon: 1e-4 }), { loss: 1e-3, weights: 5e-3 }],
    ["mlp", adagrad({ lr: 0.01, lrDecay: 0.1 }), { loss: 1e-3, weights: 5e-3 }],
    ["transformer", sgd({ lr: 0.1, ...SLOW }), { loss: 1e-3, weights: 5e-3 }],
    ["transformer", adam({ lr: 0.01, epsilon: 1e-4 }), { loss: 1e-3, weights: 5e-3 }],
    // Batch norms of a few values and ReLU's kinks amplify rounding.
    ["resnet", sgd({ lr: 0.01, ...SLOW }), { loss: 3e-2, weights: 0.3 }],
    ["resnet", adamw({ lr: 0.003, epsilon: 1e-4 }), { loss: 3e-2, weights: 0.3 }],
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
    ["sgd", sgd({ lr: 0.1, momentum: 0.9, dampening: 0.2 })],
    ["adam", ADAM.optimizer],
    ["adagrad", adagrad({ lrDecay: 0.5 })],
  ])("changes nothing but the scale, and training goes on as if it had not been (%s)", async (_name, optimizer) => {
    const images = fixture("resnet").batch;
    const more = { ...ADAM, optimizer };
    const trainer = await mixed("resnet", { ...more, lossScale: { start: 2 ** 40 } });
    const before = await stateOf(trainer);
    let skips = 0;
    let told: StepResult;
    for (;;) {
      told = await trainer.step(images(0));
      if (!told.skipped) break;
      expect(told).toMatchObject({ lossScale: 2 ** (40 - skips), diverged: false });
      skips++;
      const { scaling, rest, step } = await stateOf(trainer);
      expect(scaling).toEqual({ scale: 2 ** (40 - skips), good: 0, skipped: skips });
      expect(rest).toEqual(before.rest);
      expect(step).toBe(0);
    }
    expect(skips).toBeGreaterThan(10);
    expect(skips).toBeLessThan(40);
    const other = await mixed("resnet", { ...more, lossScale: { start: 2 ** (40 - skips) } });
    expect(await other.step(images(0))).toEqual(told);
    for (const step of [1, 2, 3]) expect(await trainer.step(images(step))).toEqual(await other.step(images(step)));
    const [a, b] = [await stateOf(trainer), await stateOf(other)];
    expect(a).toEqual({ ...b, scaling: { ...b.scaling, skipped: skips + b.scaling.skipped } });
    expect(a.step).toBe(4 - b.scaling.skipped);
    expect((await trainer.optimizerState()).step).toBe(a.step);
    await trainer.dispose();
    await other.dispose();
  });

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
      await mixed("resnet", { ...ADAM, lossScale: { start: 2 ** 40 } }),
    ];
    const before = await stateOf(parts);
    let told = await parts.step([images(0), images(0)]);
    expect(told).toMatchObject({ skipped: true, lossScale: 2 ** 40, diverged: false });
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

describe("scalars that depend on the step", () => {
  it.each([
    ["adam", adam({ beta1: 0.9, beta2: 0.999 })],
    ["adamw", adamw({ beta1: 0, beta2: 0.95 })],
    ["adagrad", adagrad({ lrDecay: 0.1 })],
    ["sgd", sgd({ lr: 0.1, momentum: 0.9, dampening: 0.3 })],
  ])("are the same in the graph (%s)", async (_name, optimizer) => {
    const rates = { lr: 0.3, weightDecay: optimizer.weightDecay };
    const g = new TrainingGraph(17, 8, "scalars");
    const first = optimizer.scalars({ ...rates, step: 1 });
    const inputs = Object.fromEntries(Object.keys(first).map((name) => [name, g.input(name, "float32", [])]));
    const made = optimizer.atStep!(g, g.input("step", "float32", []), inputs);
    for (const output of Object.values(made)) g.builder.output(output, "float32", []);
    const session = await ort.InferenceSession.create(encodeModel(g.builder.build()));
    const scalar = (value: number) => new ort.Tensor("float32", Float32Array.of(value), []);
    for (const step of [1, 2, 3, 30, 1000, 100_000]) {
      const fed = Object.entries({ ...first, step }).filter(([name]) => session.inputNames.includes(name));
      const results = await session.run(Object.fromEntries(fed.map(([name, value]) => [name, scalar(value)])));
      for (const [name, expected] of Object.entries(optimizer.scalars({ ...rates, step }))) {
        const actual = made[name] === undefined ? first[name]! : (results[made[name]]!.data[0] as number);
        // 1 - 0.999^t for small t is a difference of neighbours in float32.
        expect(Math.abs(actual / expected - 1), `${name} at step ${step}`).toBeLessThan(1e-4);
      }
    }
    await session.release();
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

describe("options", () => {
  it.each([
    ["an unknown precision", { precision: "half" as never }, 'precision must be "float32" or "mixed", got "half"'],
    ["a scale in float32", { precision: "float32", lossScale: {} }, 'lossScale needs precision "mixed"'],
    ["a small scale", { lossScale: { start: 0.5 } }, "lossScale: start must be in [1, 2^64], got 0.5"],
    ["a large scale", { lossScale: { start: 2 ** 65 } }, "lossScale: start must be in [1, 2^64], got 3689"],
    ["no scale", { lossScale: { start: "1" as never } }, "lossScale: start must be in [1, 2^64], got 1"],
    ["an interval", { lossScale: { growthInterval: 0 } }, "growthInterval must be a whole number >= 1, got 0"],
    ["a typing error", { lossScale: { scale: 1 } as never }, 'lossScale: no option "scale"; there are start'],
    ["blocks of channels", { channelBlock: 8 }, 'channelBlock must be 0 with precision "mixed", got 8'],
  ] as [string, Partial<TrainerOptions>, string][])("reject %s", async (_title, more, message) => {
    await expect(mixed("mlp", more)).rejects.toThrow(message);
  });

  it("of a step go with it: rates, and parts of a batch", async () => {
    const trainer = await mixed("mlp", { ...ADAM, batchSize: undefined });
    const before = await trainer.parameters();
    await trainer.step([rows(0, 0, 4), rows(0, 4, 9)], { lr: 0 });
    expect(await trainer.parameters()).toEqual(before);
    await trainer.dispose();
  });
});
