/** A JavaScript engine as a contender for throughput. */
import type { Architecture } from "../../architectures/index.js";
import type { Batch, Engine, LearnerOptions } from "../../engines/engine.js";
import type { ThroughputContender } from "./contender.js";

/** Builds the network in the engine; every step trains on the same batch. */
export async function engineRounds(
  engine: Engine,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  batch: Batch,
  options: LearnerOptions & { readonly learningRate: number },
): Promise<ThroughputContender> {
  const { learningRate, ...learnerOptions } = options;
  const description = await engine.describe();
  const started = performance.now();
  const learner = await engine.create(architecture, weights, learnerOptions);
  return {
    name: engine.name,
    ...description,
    buildMilliseconds: performance.now() - started,
    async round(steps) {
      const begun = performance.now();
      let loss = Number.NaN;
      for (let step = 0; step < steps; step++) {
        if (learner.queue) await learner.queue.push(batch, learningRate);
        else loss = await learner.step(batch, learningRate);
      }
      if (learner.queue) loss = (await learner.queue.losses()).at(-1)!;
      return { milliseconds: performance.now() - begun, loss };
    },
    dispose: () => learner.dispose(),
  };
}
