/** What runs inside the page: training on one provider of onnxruntime-web. */
import { createTrainer, type Ort, sgd } from "../../src/index.js";

export interface Task {
  readonly model: readonly number[];
  readonly input: readonly number[];
  readonly target: readonly number[];
}

export interface Seen {
  readonly losses: readonly number[];
  /** Parameters and running statistics in the end. */
  readonly weights: readonly (readonly [name: string, values: readonly number[]])[];
}

/** Whole batches with and without their loss, one in parts, a checkpoint that is restored, a loss in inference mode. */
export async function train(ort: Ort, provider: string, { model, input, target }: Task): Promise<Seen> {
  const trainer = await createTrainer(Uint8Array.from(model), {
    ort,
    loss: "softmax-cross-entropy",
    optimizer: sgd({ lr: 0.1, momentum: 0.9 }),
    sessionOptions: { executionProviders: [provider], logSeverityLevel: 3 },
  });
  const batch = { input: Float32Array.from(input), target };
  const part = { input: batch.input.slice(0, (batch.input.length / target.length) * 4), target: target.slice(0, 4) };
  const losses = [(await trainer.step(batch)).loss];
  await trainer.advance(batch);
  losses.push((await trainer.step([part, part])).loss);
  const saved = await trainer.checkpoint();
  await trainer.advance(batch);
  await trainer.restore(saved);
  losses.push((await trainer.step(batch)).loss, (await trainer.evaluate(batch)).loss);
  const weights = [...(await trainer.parameters()), ...(await trainer.runningStatistics())];
  await trainer.dispose();
  return { losses, weights: weights.map(([name, values]) => [name, [...values]]) };
}
