/** Checkpoints, fit, tensors given back, the same on wasm: what long runs need. */
import { readSafetensors, safetensors } from "@idinit/core/formats";
import * as ort from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { adam, fit, lion, type Optimizer, rmsprop, sgd, type TrainerOptions } from "../src/index.js";
import { fixture } from "./support/fixtures.js";
import { batch, create, expectEqualWeights, rows, steps } from "./support/trainers.js";

describe("checkpoints", () => {
  const OPTIMIZERS: Optimizer[] = [
    sgd({ lr: 0.1, momentum: 0.9, dampening: 0.2 }),
    adam({ amsgrad: true }),
    rmsprop({ centered: true, momentum: 0.5 }),
    lion({ lr: 1e-3, weightDecay: 0.1 }),
  ];

  it.each(OPTIMIZERS.map((o) => [o.name, o] as const))("resume %s to the same bits", async (_name, optimizer) => {
    const { batch: images } = fixture("resnet");
    const more = { optimizer, emaDecay: 0.9, clipNorm: 1 };
    const whole = await create("resnet", more);
    for (let step = 0; step < 2; step++) await whole.step(images(step));
    const saved = await whole.checkpoint();
    for (let step = 2; step < 5; step++) await whole.step(images(step));
    const resumed = await create("resnet", more);
    await resumed.step(images(4));
    await resumed.restore(saved);
    expect(await resumed.checkpoint()).toEqual(saved);
    for (let step = 2; step < 5; step++) await resumed.step(images(step));
    expect(await resumed.checkpoint()).toEqual(await whole.checkpoint());
    await whole.dispose();
    await resumed.dispose();
  });

  it("hold everything under plain names", async () => {
    const trainer = await create("mlp", { optimizer: sgd({ lr: 0.1, momentum: 0.9 }), emaDecay: 0.9 });
    await trainer.step(batch(0));
    const { tensors, metadata } = readSafetensors(await trainer.checkpoint());
    expect(metadata).toEqual({ format: "idinit-onnx-train", version: "1", optimizer: "sgd", step: "1" });
    expect(tensors.get("fc1.weight")).toEqual({ data: (await trainer.parameters()).get("fc1.weight"), shape: [16, 6] });
    expect([...tensors.keys()]).toContain("fc1.weight/momentum");
    expect([...tensors.keys()]).toContain("fc3.bias/average");
    expect(tensors.size).toBe(18);
    await trainer.dispose();
  });

  it("that are bad or foreign name what is wrong and change nothing", async () => {
    const optimizer = sgd({ lr: 0.1, momentum: 0.9 });
    const trainer = await create("mlp", { optimizer });
    await trainer.step(batch(0));
    const good = await trainer.checkpoint();
    const { tensors, metadata } = readSafetensors(good);
    const without = (name: string) => safetensors(new Map([...tensors].filter(([key]) => key !== name)), metadata);
    const withTensor = (name: string, data: Float32Array | Int32Array, shape: number[]) =>
      safetensors(new Map([...tensors, [name, { data, shape }]]), metadata);
    const cases: [string, Uint8Array, string][] = [
      ["not a file", new Uint8Array(4), "checkpoint: safetensors: a file has at least 8 bytes, got 4"],
      ["cut short", good.slice(0, -4), "its bytes end at"],
      ["no metadata", safetensors(tensors), "expected the format idinit-onnx-train 1 in the metadata, got no format"],
      ["newer", safetensors(tensors, { ...metadata, version: "2" }), "got idinit-onnx-train 2"],
      ["optimizer", safetensors(tensors, { ...metadata, optimizer: "adam" }), "written with adam, the trainer has sgd"],
      ["step", safetensors(tensors, { ...metadata, step: "-1" }), "step must be an integer >= 0, got -1"],
      ["missing", without("fc2.bias/momentum"), 'tensor "fc2.bias/momentum" is missing'],
      ["unknown", withTensor("fc9.bias", new Float32Array(3), [3]), 'does not have: "fc9.bias"'],
      [
        "shape",
        withTensor("fc2.bias", new Float32Array(12), [3, 4]),
        '"fc2.bias" should be float32 of shape [12], got',
      ],
      ["type", withTensor("fc2.bias", new Int32Array(12), [12]), "got Int32Array of shape [12]"],
    ];
    for (const [title, bytes, message] of cases) {
      await expect(trainer.restore(bytes), title).rejects.toThrow(message);
    }
    expect(await trainer.checkpoint()).toEqual(good);
    await trainer.dispose();
  });
});

describe("fit", () => {
  it("takes batches as they come, with rates and progress", async () => {
    const [one, other] = [await create("mlp"), await create("mlp")];
    async function* batches() {
      yield batch(0);
      yield [rows(1, 0, 5), rows(1, 5, 9)];
      yield batch(2);
    }
    const seen: [number, number][] = [];
    const rates = (step: number) => ({ lr: 0.1 / step });
    const { steps: done, meanLoss } = await fit(one, batches(), {
      rates,
      onStep: ({ step, loss }) => seen.push([step, loss]),
    });
    for (let step = 0; step < 3; step++) await other.step(batch(step), rates(step + 1));
    await expectEqualWeights(one, other, 1e-5);
    expect(done).toBe(3);
    expect(seen.map(([step]) => step)).toEqual([1, 2, 3]);
    expect(meanLoss).toBeCloseTo(seen.reduce((sum, [, loss]) => sum + loss, 0) / 3, 6);
    await one.dispose();
    await other.dispose();
  });

  it("stops between steps when it is aborted, and lets the source finish", async () => {
    const trainer = await create("mlp");
    const controller = new AbortController();
    let finished = false;
    function* forever() {
      try {
        for (;;) yield batch(0);
      } finally {
        finished = true;
      }
    }
    const onStep = ({ step }: { step: number }) => {
      if (step === 3) controller.abort(new Error("enough"));
    };
    await expect(fit(trainer, forever(), { onStep, signal: controller.signal })).rejects.toThrow("enough");
    expect(finished).toBe(true);
    expect((await trainer.optimizerState()).step).toBe(3);
    await trainer.dispose();
  });

  it("lets timers run, so that a timeout can abort it", async () => {
    const trainer = await create("mlp");
    const signal = AbortSignal.timeout(20);
    const endless = {
      *[Symbol.iterator]() {
        for (;;) yield batch(0);
      },
    };
    await expect(fit(trainer, endless, { signal })).rejects.toThrow("aborted due to timeout");
    await trainer.dispose();
  });

  it("stops where the loss is no number, and names the step", async () => {
    const trainer = await create("mlp");
    const bad = { ...batch(0), input: new Float32Array(54).fill(Infinity) };
    await expect(fit(trainer, [batch(0), bad, batch(1)])).rejects.toThrow("step 2: the loss is NaN");
    await trainer.dispose();
  });
});

describe("tensors", () => {
  /** onnxruntime with a count of the results that nobody has given back. */
  function counting() {
    let live = 0;
    const InferenceSession = {
      create: async (...args: Parameters<typeof ort.InferenceSession.create>) => {
        const session = await ort.InferenceSession.create(...args);
        const run = session.run.bind(session);
        session.run = async (...feeds: Parameters<typeof session.run>) => {
          const results = await run(...feeds);
          for (const tensor of Object.values(results)) {
            live++;
            const dispose = tensor.dispose.bind(tensor);
            tensor.dispose = () => {
              live--;
              dispose();
            };
          }
          return results;
        };
        return session;
      },
    };
    return { ort: { ...ort, InferenceSession } as unknown as TrainerOptions["ort"], live: () => live };
  }

  it("of old steps are given back, and all of them in the end", async () => {
    const { ort: counted, live } = counting();
    const trainer = await create("mlp", { ort: counted, optimizer: adam(), clipNorm: 1, emaDecay: 0.9 });
    const start = live();
    const state = start + trainer.info.state.length;
    for (let step = 0; step < 300; step++) {
      await trainer.step(batch(step % steps));
      expect(live(), `after step ${step}`).toBe(state);
    }
    for (let step = 0; step < 20; step++) await trainer.step([rows(0, 0, 4), rows(0, 4, 9)]);
    expect(live()).toBe(state);
    for (let step = 0; step < 20; step++) await trainer.evaluate(batch(0));
    expect(live()).toBe(state);
    await trainer.dispose();
    expect(live()).toBe(start);
  });
});

describe("onnxruntime-web, wasm", () => {
  it("does the same, and goes on from a checkpoint of onnxruntime-node", async () => {
    const more = { optimizer: lion({ lr: 1e-3 }), clipNorm: 0.5, emaDecay: 0.9 };
    const [node, web] = [await create("mlp", more), await create("mlp", { ...more, ort: ortWeb })];
    await node.step(batch(0));
    await web.restore(await node.checkpoint());
    for (const trainer of [node, web]) {
      await trainer.step(batch(1));
      await trainer.step([rows(2, 0, 4), rows(2, 4, 9)]);
    }
    await expectEqualWeights(web, node, 1e-5);
    const [a, b] = [
      await web.evaluate(batch(0), { averaged: true }),
      await node.evaluate(batch(0), { averaged: true }),
    ];
    expect(a.loss).toBeCloseTo(b.loss, 5);
    await node.dispose();
    await web.dispose();
  });
});
