import { describe, expect, it } from "vitest";
import { shapes } from "../../src/data/made/shapes.js";
import type { Batch } from "../../src/engines/engine.js";
import type { EpochRecord, LossRecord, RunRecord } from "../../src/records.js";
import { evaluate, spread } from "../../src/train/evaluate.js";
import { createLossLog } from "../../src/train/lossLog.js";
import { cosine } from "../../src/train/schedule.js";
import { type TrainingEnd, train } from "../../src/train/train.js";
import { queueing, scripted, softmaxRegression } from "./fakeLearner.js";

const dataset = shapes({ train: 320, test: 100, side: 8 });
const task = {
  run: "r",
  dataset,
  epochs: 3,
  batch: 16,
  learningRate: 0.05,
  warmUpEpochs: 0,
  augment: false,
  seed: 0,
};

function recording(signal = new AbortController().signal) {
  const records: RunRecord[] = [];
  return { records, hooks: { write: (record: RunRecord) => records.push(record), onStep: () => {}, signal } };
}

describe("train", () => {
  it("learns, and records every loss and epoch", async () => {
    const { records, hooks } = recording();
    const end = await train(softmaxRegression(192, 10), task, hooks);
    expect(end).toMatchObject({ status: "finished", steps: 60, deadStart: false });
    expect(end.millisecondsPerStep).toBeGreaterThan(0);
    const losses = records.filter((record): record is LossRecord => record.type === "loss");
    expect(losses[0]!.loss).toBeCloseTo(Math.log(10), 6);
    expect(losses.at(-1)).toMatchObject({ to: 59 });
    expect(losses.at(-1)!.loss).toBeLessThan(1.9);
    const epochs = records.filter((record): record is EpochRecord => record.type === "epoch");
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 0],
      [1, 20],
      [2, 40],
      [3, 60],
    ]);
    expect(epochs[0]!.accuracy).toBe(0.1); // All logits equal: the first class.
    expect(epochs.at(-1)!.accuracy).toBeGreaterThan(0.25);
    expect(epochs.at(-1)!.learningRate).toBeCloseTo(0, 12);
  });

  it("is the same for the same seed", async () => {
    const lossesOf = async (seed: number) => {
      const { records, hooks } = recording();
      await train(softmaxRegression(192, 10), { ...task, epochs: 1, seed }, hooks);
      return records;
    };
    expect(await lossesOf(1)).toEqual(await lossesOf(1));
    expect(await lossesOf(1)).not.toEqual(await lossesOf(2));
  });

  it("ends as diverged at the first loss that is no number", async () => {
    const { records, hooks } = recording();
    const learner = scripted([2, 3, Number.NaN], (row) => [row, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const end = await train(learner, task, hooks);
    expect(end).toMatchObject({ status: "diverged", reason: "the loss of step 3 is NaN", steps: 3 });
    expect(records.filter(({ type }) => type === "loss")).toHaveLength(3);
  });

  it("sees a dead start: the same answer to every input", async () => {
    const { hooks } = recording();
    const end = await train(
      scripted([2.3], () => [0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      task,
      hooks,
    );
    expect(end).toMatchObject({ status: "finished", deadStart: true });
  });

  it("lets an observer look before the first step, after every so many and after the last", async () => {
    const { records, hooks } = recording();
    const looks: number[] = [];
    const observer = { every: 13, look: async (step: number) => void looks.push(step) };
    await train(softmaxRegression(192, 10), task, { ...hooks, observer });
    expect(looks).toEqual([0, 13, 26, 39, 52, 60]);
    const unobserved = recording();
    await train(softmaxRegression(192, 10), task, unobserved.hooks);
    expect(records).toEqual(unobserved.records);
  });

  it("stops after the step in which it is asked to", async () => {
    const controller = new AbortController();
    const { records, hooks } = recording(controller.signal);
    const onStep = (done: number) => {
      if (done === 5) controller.abort();
    };
    const end = await train(softmaxRegression(192, 10), task, { ...hooks, onStep });
    expect(end).toMatchObject({ status: "interrupted", steps: 5 });
    expect(records.filter(({ type }) => type === "loss")).toHaveLength(5);
  });
});

describe("train with a queue of steps", () => {
  const untimed = ({ millisecondsPerStep, ...end }: TrainingEnd) => end;

  it("is the same training, whose losses are read after each tenth step and each epoch", async () => {
    const [now, later] = [recording(), recording()];
    // 12 steps an epoch: a block of 10 and a block of 2.
    const own = { ...task, dataset: shapes({ train: 192, test: 100, side: 8 }) };
    const end = await train(softmaxRegression(192, 10), own, now.hooks);
    const { learner, asked } = queueing(softmaxRegression(192, 10));
    const queued = await train(learner, own, later.hooks);
    expect(untimed(queued)).toEqual(untimed(end));
    expect(queued.millisecondsPerStep).toBeGreaterThan(0);
    expect(later.records).toEqual(now.records);
    expect(asked).toEqual([10, 2, 10, 2, 10, 2]);
  });

  it("looks for a dead start after ten steps, wherever the epochs end", async () => {
    const { hooks } = recording();
    const own = { ...task, dataset: shapes({ train: 96, test: 100, side: 8 }) };
    const { learner, asked } = queueing(scripted([2.3], () => [0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(await train(learner, own, hooks)).toMatchObject({ steps: 18, deadStart: true });
    expect(asked).toEqual([6, 4, 2, 6]);
  });

  it("has taken all steps before an observer looks", async () => {
    const { hooks } = recording();
    const { learner, asked } = queueing(softmaxRegression(192, 10));
    const looks: number[] = [];
    const look = async (step: number) => {
      looks.push(step);
      expect(asked.reduce((sum, count) => sum + count, 0)).toBe(step);
    };
    await train(learner, task, { ...hooks, observer: { every: 7, look } });
    expect(looks.at(-1)).toBe(60);
  });

  it("takes down the losses up to the one that is no number", async () => {
    const { records, hooks } = recording();
    const { learner } = queueing(scripted([2, 3, Number.NaN], (row) => [row, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const end = await train(learner, task, hooks);
    expect(end).toMatchObject({ status: "diverged", reason: "the loss of step 3 is NaN", steps: 3 });
    expect(records.filter(({ type }) => type === "loss")).toHaveLength(3);
  });

  it("loses no step where it is interrupted", async () => {
    const controller = new AbortController();
    const { records, hooks } = recording(controller.signal);
    const { learner } = queueing(softmaxRegression(192, 10));
    const push = learner.queue!.push;
    let pushed = 0;
    const queue = {
      ...learner.queue!,
      push: (batch: Batch, rate: number) => {
        if (++pushed === 14) controller.abort();
        return push(batch, rate);
      },
    };
    const end = await train({ ...learner, queue }, task, hooks);
    expect(end).toMatchObject({ status: "interrupted", steps: 14 });
    expect(records.filter(({ type }) => type === "loss")).toHaveLength(14);
  });
});

describe("evaluate", () => {
  it("counts and averages over batches of unequal size", async () => {
    // Right for labels 0: the logits say class 0 with probability e/(e + 9).
    const result = await evaluate(
      scripted([], () => [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      dataset.test,
      33,
      { mean: [0, 0, 0], std: [1, 1, 1] },
    );
    expect(result.accuracy).toBe(0.1);
    expect(result.loss).toBeCloseTo(Math.log(Math.E + 9) - 0.1, 6);
  });

  it("spread is the widest range of a logit over the examples", () => {
    expect(spread(Float32Array.of(1, 5, 1, 9, 1, 7), 3)).toBe(4);
    expect(spread(Float32Array.of(1, 5, 1, 5), 2)).toBe(0);
  });
});

describe("createLossLog", () => {
  it("keeps the first steps, then groups, and loses none", () => {
    const written: LossRecord[] = [];
    const log = createLossLog("r", 1000, (record) => written.push(record));
    for (let step = 0; step < 1000; step++) log.add(step);
    log.flush();
    expect(written.length).toBeLessThan(220);
    expect(written.slice(0, 11).every(({ from, to, loss }) => from === to && loss === from)).toBe(true);
    written.slice(1).forEach((record, index) => {
      expect(record.from).toBe(written[index]!.to + 1);
      expect(record.loss).toBe((record.from + record.to) / 2);
    });
    expect(written.at(-1)!.to).toBe(999);
  });
});

describe("cosine", () => {
  it("warms up, peaks, and falls to 0", () => {
    expect([0, 1, 2, 3].map((step) => cosine(step, 12, 0.4, 4))).toEqual([0.1, 0.2, expect.closeTo(0.3), 0.4]);
    expect(cosine(4, 12, 0.4, 4)).toBeCloseTo(0.4);
    expect(cosine(8, 12, 0.4, 4)).toBeCloseTo(0.2);
    expect(cosine(12, 12, 0.4, 4)).toBeCloseTo(0);
  });
});
