/** Whether engines compute the same: same weights, same batches, same steps, different frameworks. */
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import type { Architecture } from "../../src/architectures/index.js";
import type { Engine, EngineDescription, EngineName, LearnerOptions } from "../../src/engines/engine.js";

export interface AgreementOptions {
  /** Initial parameters of an architecture, by canonical name. */
  readonly weights: (architecture: Architecture) => ReadonlyMap<string, Float32Array>;
  /** Examples in a batch. Default 16. */
  readonly batch?: number;
  /** Training steps, each on its own batch. Default 10. */
  readonly steps?: number;
  /** Default 0.05. */
  readonly learningRate?: number;
  /** Default SGD with momentum 0.9 and weight decay 5e-4. */
  readonly optimizer?: LearnerOptions["optimizer"];
}

/** One engine on one architecture. Differences are relative to the architecture's reference: the first engine that can run it. */
export type AgreementRow = {
  readonly kind: "agreement";
  readonly architecture: string;
  readonly engine: EngineName;
} & (
  | {
      readonly reference: EngineName;
      /** Loss before the first step, and before the one after the last: `steps` updates later. */
      readonly firstLoss: number;
      readonly lastLoss: number;
      /** Absent for an engine that minimises something else than the reference does. */
      readonly firstDifference?: number;
      readonly lastDifference?: number;
      /** Largest absolute difference of the outputs before training over the largest absolute output. */
      readonly outputsDifference: number;
      readonly steps: number;
    }
  | { readonly skipped: string }
);

/**
 * Trains every architecture in every engine from equal weights on equal batches and compares the losses.
 *
 * @returns a row for each pair; pairs that an engine cannot run carry the reason.
 */
export async function agreement(
  architectures: readonly Architecture[],
  engines: readonly Engine[],
  options: AgreementOptions,
): Promise<AgreementRow[]> {
  const rows: AgreementRow[] = [];
  for (const architecture of architectures) {
    const weights = options.weights(architecture);
    let reference: Trace | undefined;
    for (const engine of engines) {
      const at = { kind: "agreement", architecture: architecture.name, engine: engine.name } as const;
      const trace = await record(engine, architecture, weights, options);
      if ("skipped" in trace) {
        rows.push({ ...at, skipped: trace.skipped });
        continue;
      }
      reference ??= trace;
      rows.push({
        ...at,
        reference: reference.engine,
        firstLoss: trace.firstLoss,
        lastLoss: trace.lastLoss,
        ...(trace.objective === reference.objective && {
          firstDifference: relative(trace.firstLoss, reference.firstLoss),
          lastDifference: relative(trace.lastLoss, reference.lastLoss),
        }),
        outputsDifference: outputsDifference(architecture, trace, reference),
        steps: trace.steps,
      });
    }
  }
  return rows;
}

interface Trace {
  readonly engine: EngineName;
  readonly objective: EngineDescription["objective"];
  readonly logits: Float32Array;
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly steps: number;
}

async function record(
  engine: Engine,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  options: AgreementOptions,
): Promise<Trace | { readonly skipped: string }> {
  const { batch = 16, steps = 10, learningRate = 0.05 } = options;
  const optimizer = options.optimizer ?? { kind: "sgd", momentum: 0.9, weightDecay: 5e-4 };
  const learnerOptions: LearnerOptions = { optimizer, batchSize: batch, threads: 1 };
  const skipped = await engine.unsupported(architecture, learnerOptions);
  if (skipped !== undefined) return { skipped };
  const learner = await engine.create(architecture, weights, learnerOptions);
  try {
    const first = exampleBatch(architecture, batch, 0);
    const logits = await learner.logits(first.inputs, batch);
    const firstLoss = await learner.step(first, learningRate);
    let lastLoss = firstLoss;
    for (let step = 1; step <= steps; step++) {
      lastLoss = await learner.step(exampleBatch(architecture, batch, step), learningRate);
    }
    const { objective } = await engine.describe();
    return { engine: engine.name, objective, logits, firstLoss, lastLoss, steps };
  } finally {
    await learner.dispose();
  }
}

/** NaN where a loss is not finite, so that nothing passes for agreement. */
function relative(value: number, reference: number): number {
  return Math.abs(value - reference) / Math.abs(reference);
}

/** Where the outputs of one are activated and those of the other are not, the latter are activated here. */
function outputsDifference(architecture: Architecture, trace: Trace, reference: Trace): number {
  if (trace.objective === reference.objective) return largestDifference(trace.logits, reference.logits);
  const activate = activationOf(architecture);
  const outputs = ({ logits, objective }: Trace) => (objective === "squared-error" ? logits : logits.map(activate));
  return largestDifference(outputs(trace), outputs(reference));
}

/** The activation of a dense network that has only one kind. */
function activationOf({ layers }: Architecture): (value: number) => number {
  const kinds = new Set(layers.flatMap((layer) => (layer.op === "activation" ? [layer.kind] : [])));
  if (kinds.has("tanh")) return Math.tanh;
  if (kinds.has("relu")) return (value) => Math.max(0, value);
  return (value) => value;
}

function largestDifference(values: Float32Array, reference: Float32Array): number {
  const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return reference.reduce((max, value, index) => Math.max(max, Math.abs(value - values[index]!)), 0) / largest;
}
