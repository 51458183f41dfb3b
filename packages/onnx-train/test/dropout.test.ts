/** Dropout: its masks, their gradients, and that a seed and a step fix them. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ortNode from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, type Ort, sgd } from "../src/index.js";

ortWeb.env.wasm.numThreads = 1;
const SIZE = 4096;

/** y = dropout(x + w); under mse against zeros the gradient by w tells the mask: 2 y m / n. */
function model(ratio: number, count = 1): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  let y = g.node("Add", [g.input("x", "float32", ["n", SIZE]), g.initializer("w", [SIZE], new Float32Array(SIZE))]);
  for (let i = 0; i < count; i++) y = g.node("Dropout", [y, g.scalar(ratio)]);
  g.output(y, "float32", ["n", SIZE]);
  return encodeModel(g.build());
}

const ones = new Float32Array(SIZE).fill(1);
const batch = { x: ones, target: new Float32Array(SIZE) };
const options = { ort: ortNode, loss: "mse", optimizer: sgd({ lr: 1e-6 }) } as const;

/** What each element was multiplied by. */
async function factors(ort: Ort, bytes: Uint8Array, seed: number): Promise<Float32Array> {
  const trainer = await createTrainer(bytes, { ...options, ort, seed });
  const gradient = (await trainer.gradients(batch)).get("w")!;
  await trainer.dispose();
  return gradient.map((value) => Math.sqrt((value * SIZE) / 2));
}

describe("dropout", () => {
  it.each([0.1, 0.5, 0.9])("drops a share of %s and scales up the rest", async (ratio) => {
    const found = await factors(ortNode, model(ratio), 7);
    const kept = found.filter((factor) => factor !== 0);
    expect(Math.max(...kept.map((factor) => Math.abs(factor * (1 - ratio) - 1)))).toBeLessThan(1e-4);
    // Five standard deviations of a binomial count.
    const deviation = Math.sqrt((ratio * (1 - ratio)) / SIZE);
    expect(Math.abs(1 - kept.length / SIZE - ratio)).toBeLessThan(5 * deviation);
  });

  it("draws neighbours, seeds and nodes independently", async () => {
    const [a, b] = [await factors(ortNode, model(0.5), 1), await factors(ortNode, model(0.5), 2)];
    const agreement = (p: Float32Array, q: Float32Array) =>
      p.filter((value, i) => (value === 0) === (q[i] === 0)).length / p.length;
    for (const shift of [1, 2, 3, 16, 64, 1024]) {
      expect(Math.abs(agreement(a.subarray(shift), a.subarray(0, -shift)) - 0.5), `shift ${shift}`).toBeLessThan(0.05);
    }
    expect(Math.abs(agreement(a, b) - 0.5)).toBeLessThan(0.05);
    // Two nodes one after the other keep a quarter together.
    const both = await factors(ortNode, model(0.5, 2), 1);
    expect(Math.abs(both.filter((factor) => factor > 0).length / SIZE - 0.25)).toBeLessThan(0.05);
  });

  it("has the same masks in wasm", async () => {
    expect(await factors(ortWeb, model(0.3), 11)).toEqual(await factors(ortNode, model(0.3), 11));
  });

  it("goes on from a checkpoint with the masks of the steps that follow", async () => {
    const run = async (from?: Uint8Array) => {
      const trainer = await createTrainer(model(0.5), { ...options, seed: 3 });
      if (from) await trainer.restore(from);
      else for (let i = 0; i < 3; i++) await trainer.step(batch);
      const checkpoint = await trainer.checkpoint();
      const losses = [(await trainer.step(batch)).loss, (await trainer.step(batch)).loss];
      await trainer.dispose();
      return { checkpoint, losses };
    };
    const first = await run();
    expect((await run(first.checkpoint)).losses).toEqual(first.losses);
    expect(first.losses[0]).not.toBe(first.losses[1]);
  });

  it("leaves prediction and evaluation alone, and training where it is turned off", async () => {
    const trainer = await createTrainer(model(0.5), options);
    expect((await trainer.predict({ x: ones })).dropout!.data).toEqual(ones);
    expect((await trainer.evaluate(batch)).loss).toBe(1);
    await trainer.dispose();
    const off = await createTrainer(model(0.5), { ...options, dropout: false });
    expect((await off.step(batch)).loss).toBe(1);
    expect(off.info.seed).toBeUndefined();
    await off.dispose();
  });

  it("refuses a ratio that is out of range or not constant", () => {
    expect(() => buildTrainingModel(model(1), { loss: "mse" })).toThrow("the ratio must be from 0 to below 1, got 1");
  });
});
