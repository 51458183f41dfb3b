/** The speed command: milliseconds of a training step, engine against engine and against PyTorch. */
import { IdinitError } from "@idinit/core";
import { exampleBatch } from "../architectures/exampleBatch.js";
import { startingParameters } from "../architectures/startingParameters.js";
import { cpuEngineNames } from "../engines/devices.js";
import { type EngineName, findEngine } from "../engines/index.js";
import type { Contender } from "./contender.js";
import { engineContender } from "./engineContender.js";
import { observeEnvironment, type SpeedEnvironment } from "./environment.js";
import { interleave, median } from "./interleave.js";
import { findTorchPython } from "./python.js";
import { recipe } from "./recipe.js";
import { torchPeer } from "./torchPeer.js";
import { type WorkloadName, workloads } from "./workload.js";

export interface SpeedOptions {
  /** Default `"resnet-20"`. */
  readonly architecture?: WorkloadName;
  /** Default 128. */
  readonly batch?: number;
  /** Counted steps of each contender, >= 1. Default 10. */
  readonly steps?: number;
  /** Steps before the counted ones, >= 0. Default 2. */
  readonly warmUp?: number;
  /** CPU threads. Default 1. */
  readonly threads?: number;
  /** Default: all that compute on the CPU. */
  readonly engines?: readonly EngineName[];
  /** Whether to time PyTorch too, where a Python on the PATH has it. Default true. */
  readonly pytorch?: boolean;
  /** Called with a line for people whenever something has been done. */
  readonly onProgress?: (line: string) => void;
}

export interface SpeedEntry {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** Milliseconds of each counted step, in order. */
  readonly steps: readonly number[];
  /** Median milliseconds of a step. */
  readonly milliseconds: number;
  /** PyTorch's median divided by this one: 1 is equal, below 1 slower. Absent where PyTorch was not timed. */
  readonly relativeToPytorch?: number;
}

export interface SpeedResult {
  readonly kind: "speed";
  readonly architecture: string;
  readonly batch: number;
  readonly steps: number;
  readonly warmUp: number;
  readonly threads: number;
  readonly entries: readonly SpeedEntry[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly environment: SpeedEnvironment;
}

/**
 * Trains one architecture in every engine that can, one step each in turns, and reports the medians.
 *
 * A step is forward, backward, SGD with momentum 0.9 and weight decay 5e-4, and reading the loss; the batch stays the same.
 * What cannot run is listed in `skipped` with the reason.
 *
 * @throws IdinitError when an option is out of range or an engine is unknown.
 */
export async function runSpeed(options: SpeedOptions = {}): Promise<SpeedResult> {
  const { architecture: name = "resnet-20", batch = 128, steps = 10, warmUp = 2, threads = 1 } = options;
  const { engines = cpuEngineNames, pytorch = true, onProgress = () => {} } = options;
  checkOptions({ name, batch, steps, warmUp, threads, engines });
  const finishEnvironment = await observeEnvironment();
  const architecture = workloads[name]();
  const contenders: Contender[] = [];
  const skipped: { name: string; reason: string }[] = [];
  try {
    const weights = startingParameters(architecture, 0);
    const data = exampleBatch(architecture, batch, 0);
    const { learningRate, momentum, weightDecay } = recipe;
    const learner = { optimizer: { kind: "sgd", momentum, weightDecay }, batchSize: batch, threads } as const;
    for (const engineName of engines) {
      const engine = findEngine(engineName);
      const reason = await engine.unsupported(architecture, learner);
      if (reason !== undefined) {
        skipped.push({ name: engineName, reason });
        continue;
      }
      onProgress(`building ${architecture.name} in ${engineName}`);
      contenders.push(await engineContender(engine, architecture, weights, data, { ...learner, learningRate }));
    }
    if (pytorch) {
      const python = await findTorchPython();
      if (python) contenders.push(await torchPeer(python, architecture, { batch, threads, ...recipe }));
      else skipped.push({ name: "pytorch", reason: "no python3 on the PATH can import torch" });
    }
    const durations = await interleave(contenders, {
      steps,
      warmUp,
      onStep: (turn) => onProgress(turn <= warmUp ? `warm-up ${turn}/${warmUp}` : `step ${turn - warmUp}/${steps}`),
    });
    return {
      kind: "speed",
      architecture: architecture.name,
      batch,
      steps,
      warmUp,
      threads,
      entries: entriesOf(contenders, durations),
      skipped,
      environment: finishEnvironment(),
    };
  } finally {
    for (const contender of contenders) await contender.dispose();
  }
}

function entriesOf(contenders: readonly Contender[], durations: readonly (readonly number[])[]): SpeedEntry[] {
  const medians = durations.map(median);
  const reference = medians[contenders.findIndex(({ name }) => name === "pytorch")];
  return contenders.map(({ name, framework, version, device }, index) => ({
    name,
    framework,
    version,
    device,
    steps: durations[index]!,
    milliseconds: medians[index]!,
    ...(reference === undefined ? {} : { relativeToPytorch: reference / medians[index]! }),
  }));
}

function checkOptions(options: {
  readonly name: string;
  readonly batch: number;
  readonly steps: number;
  readonly warmUp: number;
  readonly threads: number;
  readonly engines: readonly string[];
}): void {
  const { name, engines } = options;
  if (!Object.hasOwn(workloads, name)) {
    throw new IdinitError(`speed: architecture needs one of ${Object.keys(workloads).join(", ")}, got "${name}"`);
  }
  for (const [key, minimum] of [
    ["batch", 1],
    ["steps", 1],
    ["warmUp", 0],
    ["threads", 1],
  ] as const) {
    const value = options[key];
    if (!Number.isSafeInteger(value) || value < minimum) {
      throw new IdinitError(`speed: ${key} needs a whole number >= ${minimum}, got ${value}`);
    }
  }
  for (const engine of engines) findEngine(engine);
}
