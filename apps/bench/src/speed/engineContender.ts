/** A JavaScript engine as a contender. */
import type { Architecture } from "../architectures/index.js";
import type { Batch, Engine, LearnerOptions } from "../engines/engine.js";
import type { Contender } from "./contender.js";

/** Builds the network in the engine; every `step()` trains on the same batch. */
export async function engineContender(
  engine: Engine,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  batch: Batch,
  options: LearnerOptions & { readonly learningRate: number },
): Promise<Contender> {
  const { learningRate, ...learnerOptions } = options;
  const description = await engine.describe();
  const learner = await engine.create(architecture, weights, learnerOptions);
  return {
    name: engine.name,
    ...description,
    step: async () => {
      const start = performance.now();
      await learner.step(batch, learningRate);
      return performance.now() - start;
    },
    dispose: () => learner.dispose(),
  };
}
