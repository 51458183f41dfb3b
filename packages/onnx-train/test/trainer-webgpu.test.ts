/** A trainer on onnxruntime's WebGPU provider: equal to one on the CPU, with its state on the device. */
import { DataType, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adam, type Lowering, lower, OnnxTrainError, sgd, type Trainer, type TrainerOptions } from "../src/index.js";
import { fixture, relativeError } from "./support/fixtures.js";
import { batch, create, rows } from "./support/trainers.js";
import { findWebgpu } from "./support/webgpu.js";

// A software adapter will do: it computes what a GPU computes.
const found = await findWebgpu();
const why = "reason" in found ? ` (skipped: ${found.reason})` : "";

const webgpu = {
  sessionOptions: { executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }], logSeverityLevel: 3 },
} satisfies Partial<TrainerOptions>;
/** Of a tensor's largest value. */
const TOLERANCE = 1e-4;

type Tensors = Readonly<Record<string, ort.Tensor>>;
type Run = (feeds: Tensors) => Promise<Tensors>;

/** onnxruntime, in which `change` stands between the trainer and each session's `run`. */
function between(change: (run: Run, options: ort.InferenceSession.SessionOptions) => Run): TrainerOptions["ort"] {
  const InferenceSession = {
    create: async (bytes: Uint8Array, options: ort.InferenceSession.SessionOptions = {}) => {
      const session = await ort.InferenceSession.create(bytes, options);
      const run: Run = session.run.bind(session);
      session.run = change(run, options) as typeof session.run;
      return session;
    },
  };
  return { ...ort, InferenceSession } as unknown as TrainerOptions["ort"];
}

/** Casts to float16 and back, left out. */
const uncast: Lowering = (node, to) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  if (getInt(node, "to", 0) !== DataType.float16 && !x.startsWith("mixed/")) return false;
  to.op("Identity", [x], [], y);
  return true;
};

const trained = async (trainer: Trainer) =>
  new Map([...(await trainer.parameters()), ...(await trainer.runningStatistics())]);

function expectClose(actual: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>) {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) expect(relativeError(actual.get(name)!, values), name).toBeLessThan(TOLERANCE);
}

describe.skipIf(why !== "")(`a trainer on WebGPU${why}`, { timeout: 120_000 }, () => {
  /** The device and its compiled shaders live as long as one session does. */
  let first: Trainer;

  beforeAll(async () => {
    if ("environment" in found) Object.assign(process.env, found.environment);
    first = await create("mlp", webgpu);
  });
  afterAll(() => first.dispose());

  it("does everything as on the CPU", async () => {
    const more = { optimizer: adam({ lr: 0.01, epsilon: 1e-4 }), clipNorm: 0.1, emaDecay: 0.5 };
    const [cpu, device] = [await create("mlp", more), await create("mlp", { ...more, ...webgpu })];
    const both = async <T>(call: (trainer: Trainer) => Promise<T>) => [await call(device), await call(cpu)] as const;
    const train = async (trainer: Trainer) => {
      const whole = await trainer.step(batch(0));
      await trainer.advance(batch(1), { lr: 0.02 });
      const parts = await trainer.step([rows(2, 0, 4), rows(2, 4, 9)]);
      await trainer.advance([rows(3, 0, 4), rows(3, 4, 9)]);
      await trainer.enqueue(batch(4));
      await trainer.enqueue([rows(0, 0, 4), rows(0, 4, 9)]);
      await trainer.enqueue(batch(1));
      const later = await trainer.results();
      expect(later).toHaveLength(3);
      return [whole, parts, ...later].flatMap(({ loss, gradientNorm }) => [loss, gradientNorm!]);
    };
    const [told, expected] = await both(train);
    expect(relativeError(told, expected)).toBeLessThan(TOLERANCE);
    expectClose(...(await both(trained)));
    expectClose(...(await both((trainer) => trainer.averages())));
    expectClose(...(await both(async (trainer) => (await trainer.optimizerState()).slots)));
    expectClose(...(await both((trainer) => trainer.gradients(batch(0)))));
    for (const averaged of [false, true]) {
      const [a, b] = await both((trainer) => trainer.evaluate(batch(0), { averaged }));
      expect(a.loss / b.loss).toBeCloseTo(1, 4);
    }
    const inputs = { input: batch(0).input };
    const [a, b] = await both(async (trainer) => Object.values(await trainer.predict(inputs))[0]!.data as Float32Array);
    expect(relativeError(a, b)).toBeLessThan(TOLERANCE);

    // Through the bytes of a file, and back to the device.
    const saved = await device.checkpoint();
    await both(async (trainer) => {
      await trainer.restore(saved);
      await trainer.advance(batch(0));
      await trainer.loadParameters(await trainer.averages());
      await trainer.advance(batch(1));
    });
    expectClose(...(await both(trained)));
    const session = await ort.InferenceSession.create(await device.export());
    const exported = Object.values(
      await session.run({ input: new ort.Tensor("float32", inputs.input as Float32Array, [9, 6]) }),
    );
    const predicted = Object.values(await device.predict(inputs))[0]!;
    expect(relativeError(exported[0]!.data as Float32Array, predicted.data as Float32Array)).toBeLessThan(TOLERANCE);
    await session.release();
    await cpu.dispose();
    await device.dispose();
  });

  it("in mixed precision needs float16 of the adapter, and says so", async () => {
    const made = create("mlp", { ...webgpu, precision: "mixed", batchSize: 9 }).catch((error: Error) => error);
    const device = await made;
    if (device instanceof Error) {
      // As software adapters.
      expect(device).toBeInstanceOf(OnnxTrainError);
      expect(device.message).toMatch(/precision "mixed" needs float16, and webgpu .* "shader-f16": .*requires f16/s);
      return;
    }
    const cpu = await create("mlp", { precision: "mixed", batchSize: 9 });
    for (const step of [0, 1, 2]) {
      const [told, expected] = [await device.step(batch(step)), await cpu.step(batch(step))];
      expect(told.loss / expected.loss).toBeCloseTo(1, 2);
      expect(told.skipped).toBe(false);
    }
    await device.dispose();
    await cpu.dispose();
  });

  it("scales the loss and skips what overflows there as well", async () => {
    // In float32 throughout, which every adapter has: 10^19 by 2^64 overflows as well.
    const float32 = {
      ...ort,
      InferenceSession: {
        create: (bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions) =>
          ort.InferenceSession.create(lower(bytes, { Cast: uncast }), options),
      },
    } as unknown as TrainerOptions["ort"];
    const more: Partial<TrainerOptions> = {
      ort: float32,
      precision: "mixed",
      loss: "mse",
      optimizer: adam({ lr: 0.01, epsilon: 1e-4 }),
      lossScale: { start: 2 ** 64, growthInterval: 2 },
    };
    const [cpu, device] = [await create("mlp", more), await create("mlp", { ...more, ...webgpu })];
    const { input } = batch(0);
    const far = { input, target: new Float32Array(36).fill(1e19) };
    const near = { input, target: new Float32Array(36) };
    const scaling: (readonly [boolean, number])[][] = [];
    for (const trainer of [cpu, device]) {
      const weights = (await trainer.parameters()).get("fc3.weight")!;
      await trainer.loadParameters(new Map([["fc3.weight", weights.map((value) => 1000 * value)]]));
      for (const given of [far, far, far, near, near, near, far]) await trainer.enqueue(given);
      const told = await trainer.results();
      scaling.push(told.map(({ skipped, lossScale }) => [skipped!, Math.log2(lossScale!)] as const));
    }
    expect(scaling[1]).toEqual(scaling[0]);
    expect(scaling[0]).toEqual([
      [true, 64],
      [true, 63],
      [true, 62],
      [false, 61],
      [false, 61],
      [false, 62],
      [true, 62],
    ]);
    expectClose(await trained(device), await trained(cpu));
    expect((await device.optimizerState()).step).toBe(3);
    await cpu.dispose();
    await device.dispose();
  });

  it("follows running statistics, also in parts", async () => {
    const { batch: images } = fixture("resnet");
    const [cpu, device] = [await create("resnet"), await create("resnet", webgpu)];
    for (const trainer of [cpu, device]) {
      await trainer.advance(images(0));
      await trainer.advance([images(1), images(2)]);
    }
    expectClose(await trained(device), await trained(cpu));
    await cpu.dispose();
    await device.dispose();
  });

  it("keeps its state on the device and gives back what it replaces", async () => {
    const live = new Set<ort.Tensor>();
    const uploads: number[] = [];
    const own = between((run, options) => async (feeds) => {
      const results = await run(feeds);
      if (options.preferredOutputLocation) {
        const values = Object.values(feeds).map(({ location, size }) => (location === "cpu" ? size : 0));
        uploads.push(values.reduce((a, b) => a + b, 0));
      }
      for (const tensor of Object.values(results)) {
        const dispose = tensor.dispose.bind(tensor);
        live.add(tensor);
        tensor.dispose = () => {
          live.delete(tensor);
          dispose();
        };
      }
      return results;
    });
    const more = { optimizer: sgd({ lr: 0.1, momentum: 0.9 }), clipNorm: 1, emaDecay: 0.9, ort: own, ...webgpu };
    const trainer = await create("mlp", more);
    const { state, scalars } = trainer.info;
    for (let step = 0; step < 20; step++) {
      if (step % 2 === 0) await trainer.advance(batch(0));
      else await trainer.step(batch(0));
      expect(live.size).toBe(state.length);
    }
    expect(new Set([...live].map(({ location }) => location))).toEqual(new Set(["gpu-buffer"]));
    // After the first step, what comes from main memory is the batch and the rates.
    const fed = batch(0).input.length + batch(0).target.length + scalars.length;
    expect(new Set(uploads.slice(1))).toEqual(new Set([fed]));
    // The loss and the norm of a step that was not told of yet.
    for (let step = 1; step <= 3; step++) {
      await trainer.enqueue(batch(0));
      expect(live.size).toBe(state.length + 2 * step);
    }
    expect(await trainer.results()).toHaveLength(3);
    expect(live.size).toBe(state.length);
    await trainer.enqueue(batch(0));
    await trainer.parameters();
    await trainer.step([rows(0, 0, 4), rows(0, 4, 9)]);
    await trainer.evaluate(batch(0));
    await trainer.step(batch(0));
    expect(live.size).toBe(state.length + 2);
    await trainer.dispose();
    expect(live.size).toBe(0);
  });

  it("refuses a first step that is not the CPU's, and leaves the state as it was", async () => {
    /** A device that takes each input a tenth too large. */
    const wrong = between((run, { preferredOutputLocation }) => (feeds) => {
      if (!preferredOutputLocation) return run(feeds);
      const { data, dims } = feeds.input!;
      return run({
        ...feeds,
        input: new ort.Tensor(
          "float32",
          (data as Float32Array).map((x) => 1.1 * x),
          dims,
        ),
      });
    });
    const more = { optimizer: sgd({ lr: 0.1, momentum: 0.9 }), ort: wrong, ...webgpu };
    const trainer = await create("mlp", more);
    const before = await trainer.checkpoint();
    for (const call of ["step", "advance"] as const) {
      const refused = trainer[call](batch(0));
      await expect(refused).rejects.toThrow(OnnxTrainError);
      await expect(refused).rejects.toThrow(/the device's first step is not the CPU's: ".*" differs by/);
    }
    expect(await trainer.checkpoint()).toEqual(before);
    await trainer.dispose();
    const unchecked = await create("mlp", { ...more, checkFirstStep: false });
    expect((await unchecked.step(batch(0))).diverged).toBe(false);
    await unchecked.dispose();
  });
});
