/** The speed command: milliseconds of a training step, engine against engine and against PyTorch. */
import { IdinitError } from "@idinit/core";
import { cpuEngineNames } from "../engines/devices.js";
import { type EngineName, findEngine } from "../engines/index.js";
import type { Contender } from "./contender.js";
import { observeEnvironment } from "./environment.js";
import { interleave } from "./interleave.js";
import { enginePeer } from "./peer/enginePeer.js";
import { torchPeer } from "./peer/torchPeer.js";
import { findTorchPython } from "./python.js";
import { recipe } from "./recipe.js";
import { compareEntries, type Observation, type SpeedResult } from "./speedResult.js";
import { type WorkloadName, workloads } from "./workload.js";

export interface SpeedOptions {
  /** Default `"resnet-20"`. */
  readonly architecture?: WorkloadName;
  /** Default: the architecture's own, 32 for Transformers, else 128. */
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
  /** The module that the processes of engines run. Default: the package's own. */
  readonly engineModule?: URL;
  /** Called with a line for people whenever something has been done. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Trains one architecture in every engine that can, each in a process of its own, one step each in turns, and reports the
 * medians and the peaks of resident memory.
 *
 * A step is forward, backward, SGD with momentum 0.9 and weight decay 5e-4, and reading the loss; the batch stays the same.
 * What cannot run, or ends before the others, is listed in `skipped` with the reason.
 *
 * @throws IdinitError when an option is out of range or an engine is unknown.
 */
export async function runSpeed(options: SpeedOptions = {}): Promise<SpeedResult> {
  const { architecture: name = "resnet-20", steps = 10, warmUp = 2, threads = 1 } = options;
  const { engines = cpuEngineNames, pytorch = true, engineModule, onProgress = () => {} } = options;
  checkOptions({ name, batch: options.batch ?? 1, steps, warmUp, threads, engines });
  const { make, batch: usualBatch, ...own } = workloads[name];
  const { batch = usualBatch } = options;
  const finishEnvironment = await observeEnvironment();
  const architecture = make();
  const about = `${architecture.name}, batch ${batch}, ${threads} thread(s)`;
  const contenders: Contender[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const skip = (who: string, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    // The name is beside it already.
    skipped.push({ name: who, reason: reason.startsWith(`${who}: `) ? reason.slice(who.length + 2) : reason });
  };
  const task = { batch, threads, ...recipe, ...own };
  const begin = async (who: string, start: () => Promise<Contender>) => {
    onProgress(`${about}: building in ${who}`);
    try {
      contenders.push(await start());
    } catch (error) {
      skip(who, error);
    }
  };
  try {
    for (const engine of engines) {
      await begin(engine, () =>
        enginePeer(engine, architecture, { ...task, ...(engineModule && { module: engineModule }) }),
      );
    }
    if (pytorch) {
      const python = await findTorchPython();
      if (python) await begin("pytorch", () => torchPeer(python, architecture, task));
      else skip("pytorch", "no python3 on the PATH can import torch");
    }
    const onStep = (turn: number) =>
      onProgress(`${about}: ${turn <= warmUp ? `warm-up ${turn}/${warmUp}` : `step ${turn - warmUp}/${steps}`}`);
    const durations = await interleave(contenders, { steps, warmUp, onStep });
    const observations: Observation[] = [];
    contenders.forEach((contender, index) => {
      const taken = durations[index]!;
      const peakBytes = contender.peakBytes();
      const { name: who, framework, version, device } = contender;
      if (taken instanceof Error) skip(who, taken);
      else
        observations.push({
          name: who,
          framework,
          version,
          device,
          durations: taken,
          ...(peakBytes !== undefined && { peakBytes }),
        });
    });
    return {
      kind: "speed",
      architecture: architecture.name,
      batch,
      steps,
      warmUp,
      threads,
      entries: compareEntries(observations),
      skipped,
      environment: finishEnvironment(),
    };
  } finally {
    for (const contender of contenders) await contender.dispose();
  }
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
