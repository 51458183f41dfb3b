/** The throughput bench: training steps per second of several networks at several batch sizes, one contender at a time. */
import { IdinitError } from "@idinit/core";
import { exampleBatch } from "../../architectures/exampleBatch.js";
import type { Architecture } from "../../architectures/index.js";
import { startingParameters } from "../../architectures/startingParameters.js";
import { type EngineName, findEngine, type Precision } from "../../engines/index.js";
import { observeEnvironment, type SpeedEnvironment } from "../environment.js";
import { findTorchPython } from "../python.js";
import { recipe } from "../recipe.js";
import { type WorkloadName, workloads } from "../workload.js";
import type { ThroughputContender } from "./contender.js";
import { engineRounds } from "./engineRounds.js";
import { measureRounds, type RoundsOptions, type RoundsResult } from "./measureRounds.js";
import { torchRounds } from "./torchRounds.js";

export interface ThroughputOptions extends RoundsOptions {
  readonly architectures: readonly WorkloadName[];
  readonly batches: readonly number[];
  readonly engines: readonly EngineName[];
  readonly threads: number;
  readonly pytorch: boolean;
  /** Of the engines on onnxruntime; the others are recorded as failures in mixed precision, PyTorch stays in float32. Default float32. */
  readonly precision?: Precision | undefined;
  readonly onProgress?: (line: string) => void;
}

export interface ThroughputEntry extends RoundsResult {
  readonly architecture: string;
  readonly batch: number;
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  readonly buildMilliseconds: number;
  /** PyTorch's milliseconds divided by this one's; absent where PyTorch was not timed on this network and batch. */
  readonly relativeToPytorch?: number;
}

/** What could not be timed, and why; the others went on. */
export interface ThroughputFailure {
  readonly architecture: string;
  readonly batch: number;
  readonly name: string;
  readonly reason: string;
}

export interface ThroughputResult extends RoundsOptions {
  readonly kind: "throughput";
  readonly threads: number;
  readonly precision: Precision;
  readonly entries: readonly ThroughputEntry[];
  readonly failures: readonly ThroughputFailure[];
  readonly environment: SpeedEnvironment;
}

/**
 * Times every contender on every network and batch size, one after the other, since they would share one GPU's memory.
 * A contender that fails is recorded with its reason.
 *
 * @throws IdinitError when an option is out of range.
 */
export async function runThroughput(options: ThroughputOptions): Promise<ThroughputResult> {
  const { architectures, batches, engines, threads, pytorch, steps, warmUp, lossEvery } = options;
  const { onProgress = () => {}, precision = "float32" } = options;
  for (const [name, value, minimum] of [
    ["steps", steps, 1],
    ["warmUp", warmUp, 0],
    ["lossEvery", lossEvery, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < minimum) {
      throw new IdinitError(`throughput: ${name} needs a whole number >= ${minimum}, got ${value}`);
    }
  }
  const finishEnvironment = await observeEnvironment();
  const entries: ThroughputEntry[] = [];
  const failures: ThroughputFailure[] = [];
  const python = pytorch ? await findTorchPython() : undefined;
  for (const architecture of architectures.map((name) => workloads[name].make())) {
    for (const batch of batches) {
      const start = starters(architecture, batch);
      for (const [name, make] of start) {
        const about = { architecture: architecture.name, batch, name };
        onProgress(`${architecture.name}, batch ${batch}: ${name}`);
        let contender: ThroughputContender | undefined;
        try {
          contender = await make();
          const { framework, version, device, buildMilliseconds } = contender;
          const measured = await measureRounds(contender, { steps, warmUp, lossEvery });
          entries.push({ ...about, framework, version, device, buildMilliseconds, ...measured });
        } catch (error) {
          failures.push({ ...about, reason: error instanceof Error ? error.message : String(error) });
        } finally {
          // A device that is gone cannot be tidied up; its failure is recorded above.
          await contender?.dispose().catch(() => {});
        }
      }
    }
  }
  if (pytorch && !python) {
    for (const name of architectures) {
      for (const batch of batches) {
        failures.push({
          architecture: name,
          batch,
          name: "pytorch",
          reason: "no python3 on the PATH can import torch",
        });
      }
    }
  }
  return {
    kind: "throughput",
    steps,
    warmUp,
    lossEvery,
    threads,
    precision,
    entries: entries.map((entry) => compared(entry, entries)),
    failures,
    environment: finishEnvironment(),
  };

  /** What makes each contender; nothing is started before it is its turn. */
  function starters(
    architecture: Architecture,
    batch: number,
  ): (readonly [string, () => Promise<ThroughputContender>])[] {
    const { learningRate, momentum, weightDecay } = recipe;
    const learner = {
      optimizer: { kind: "sgd", momentum, weightDecay },
      batchSize: batch,
      threads,
      precision,
      learningRate,
    } as const;
    const own = engines.map((name) => {
      const make = async () => {
        const engine = findEngine(name);
        if (precision === "mixed" && !name.startsWith("onnxruntime"))
          throw new IdinitError(`${name} trains in float32 only`);
        const reason = await engine.unsupported(architecture, learner);
        if (reason !== undefined) throw new IdinitError(reason);
        const weights = startingParameters(architecture, 0);
        return engineRounds(engine, architecture, weights, exampleBatch(architecture, batch, 0), learner);
      };
      return [name, make] as const;
    });
    if (!python) return own;
    return [...own, ["pytorch", () => torchRounds(python, architecture, { batch, threads, ...recipe })]];
  }
}

function compared(entry: ThroughputEntry, entries: readonly ThroughputEntry[]): ThroughputEntry {
  const pytorch = entries.find(
    ({ name, architecture, batch }) =>
      name === "pytorch" && architecture === entry.architecture && batch === entry.batch,
  );
  return pytorch ? { ...entry, relativeToPytorch: pytorch.milliseconds / entry.milliseconds } : entry;
}
