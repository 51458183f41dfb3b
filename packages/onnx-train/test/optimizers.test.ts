/** Every optimizer for 20 steps against PyTorch (fixtures/training/make_training.py). */
import { readFileSync } from "node:fs";
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamw,
  createTrainer,
  lion,
  type Optimizer,
  type OptimizerName,
  rmsprop,
  sgd,
  type TrainerOptions,
} from "../src/index.js";
import { makeOptimizer } from "../src/optimizers/index.js";
import { relativeError } from "./support/fixtures.js";

interface Weights {
  readonly w: number[];
  readonly b: number[];
}

interface Run extends Weights {
  readonly title: string;
  readonly optimizer: OptimizerName;
  readonly options: Record<string, never>;
  readonly trainer: { clipNorm?: number; emaDecay?: number };
  readonly losses: number[];
  readonly norms?: number[];
  readonly average?: Weights;
}

const fixture = JSON.parse(
  readFileSync(new URL("../fixtures/training/optimizers.json", import.meta.url), "utf8"),
) as Weights & { x: number[][]; target: number[][]; runs: Run[] };

/** y = x w + b. */
function linearModel(): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", 4]);
  const w = g.initializer("w", [4, 3], Float32Array.from(fixture.w));
  const b = g.initializer("b", [3], Float32Array.from(fixture.b));
  g.output(g.node("Add", [g.node("MatMul", [x, w]), b]), "float32", ["batch", 3]);
  return encodeModel(g.build());
}

const create = (optimizer: Optimizer, more: Partial<TrainerOptions> = {}) =>
  createTrainer(linearModel(), { ort, loss: "mse", optimizer, sessionOptions: { intraOpNumThreads: 1 }, ...more });

const batch = (step: number) => ({
  x: Float32Array.from(fixture.x[step]!),
  target: Float32Array.from(fixture.target[step]!),
});

function expectWeights(actual: ReadonlyMap<string, Float32Array>, { w, b }: Weights, tolerance: number) {
  expect(relativeError(actual.get("w")!, w)).toBeLessThan(tolerance);
  expect(relativeError(actual.get("b")!, b)).toBeLessThan(tolerance);
}

describe("20 steps equal PyTorch's", () => {
  it.each(fixture.runs.map((run) => [run.optimizer, run.title, run] as const))("%s: %s", async (name, title, run) => {
    const { decay, ...params } = run.options as Record<string, unknown>;
    const optimizer = makeOptimizer(name, params as never, decay as never);
    const trainer = await create(optimizer, run.trainer);
    for (const [step, expected] of run.losses.entries()) {
      const rates = title.startsWith("scheduled") ? { lr: 0.01 * (step + 1), weightDecay: 0.02 * step } : {};
      const { loss, gradientNorm } = await trainer.step(batch(step), rates);
      expect(loss / expected).toBeCloseTo(1, 4);
      if (run.norms) expect(gradientNorm! / run.norms[step]!).toBeCloseTo(1, 4);
      else expect(gradientNorm).toBeUndefined();
    }
    expectWeights(await trainer.parameters(), run, 2e-5);
    if (run.average) expectWeights(await trainer.averages(), run.average, 2e-6);
    await trainer.dispose();
  });

  it("clips in some steps and not in others", () => {
    const [clipped] = fixture.runs.filter(({ title }) => title === "clipped");
    expect(clipped!.norms!.some((norm) => norm > 1.5)).toBe(true);
    expect(clipped!.norms!.some((norm) => norm < 1.5)).toBe(true);
  });

  it("has a run for every optimizer", () => {
    const names = [sgd({ lr: 1 }), adam(), adamw(), rmsprop(), adagrad(), adadelta(), lion()].map(({ name }) => name);
    expect(new Set(fixture.runs.map((run) => run.optimizer))).toEqual(new Set(names));
  });
});

describe("an optimizer", () => {
  const all: Optimizer[] = [
    sgd({ lr: 0.1, momentum: 0.9, dampening: 0.1 }),
    adam({ amsgrad: true }),
    adamw({ decay: ["w"] }),
    rmsprop({ centered: true }),
    adagrad({ initialSum: 0.1 }),
    adadelta(),
    lion({ weightDecay: 0.1 }),
  ];

  it.each(all.map((optimizer) => [optimizer.name, optimizer] as const))(
    "%s is made anew from its values",
    (_name, o) => {
      const again = makeOptimizer(o.name, JSON.parse(JSON.stringify(o.params)), o.decay);
      const rates = { step: 3, lr: 0.5, weightDecay: 0.25 };
      const functions = { scalars: 0, atStep: 0, update: 0 };
      expect({ ...again, ...functions }).toEqual({ ...o, ...functions });
      expect(again.scalars(rates)).toEqual(o.scalars(rates));
    },
  );

  it.each([
    ["a typing error", () => adam({ learningRate: 1 } as never), 'adam: no option "learningRate"; there are lr, beta1'],
    ["a flag that is a number", () => rmsprop({ centered: 1 as never }), "rmsprop: centered must be a boolean, got 1"],
    ["no number", () => lion({ lr: Number.NaN }), "lion: lr must be in [0, Infinity), got NaN"],
    ["no rate", () => sgd({} as never), "sgd: lr must be in [0, Infinity), got undefined"],
    ["Nesterov without momentum", () => sgd({ lr: 1, nesterov: true }), "nesterov needs momentum above 0"],
    ["an unknown name", () => makeOptimizer("lbfgs" as never, {}, undefined), "optimizer must be one of sgd, adam"],
  ])("rejects %s", (_title, make, message) => {
    expect(make).toThrow(message);
  });

  it.each([
    ["an unknown name", ["v"], 'decay: no trained parameter "v"'],
    ["a negative multiple", () => -1, 'decay of "w": the multiple must be in [0, Infinity), got -1'],
  ])("rejects a decay with %s", async (_title, decay, message) => {
    const optimizer = adamw({ decay });
    await expect(create(optimizer)).rejects.toThrow(message);
  });

  it("decays groups at different strength", async () => {
    const optimizer = adamw({ lr: 0.1, weightDecay: 0.5, decay: (name) => (name === "w" ? 2 : 0.5) });
    const trainer = await create(optimizer);
    const plain = await createTrainer(linearModel(), {
      ort,
      loss: "mse",
      optimizer: adamw({ lr: 0.1, weightDecay: 0 }),
    });
    await trainer.step(batch(0));
    await plain.step(batch(0));
    const [a, b] = [await trainer.parameters(), await plain.parameters()];
    for (const [name, multiple] of [
      ["w", 2],
      ["b", 0.5],
    ] as const) {
      const expected = fixture[name].map((start, i) => b.get(name)![i]! - 0.1 * 0.5 * multiple * start);
      expect(relativeError(a.get(name)!, expected)).toBeLessThan(1e-6);
    }
    await trainer.dispose();
    await plain.dispose();
  });
});
