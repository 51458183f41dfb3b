/** `speed`: times training steps. */
import { IdinitError } from "@idinit/core";
import { type DeviceChoice, enginesFor, gpuEngineNames } from "../engines/devices.js";
import type { EngineName } from "../engines/index.js";
import {
  formatSpeed,
  formatThroughput,
  markdownSpeed,
  runSpeed,
  runThroughput,
  type SpeedResult,
  type WorkloadName,
} from "../speed/index.js";

/** The options as commander gives them. */
export interface SpeedCommandOptions {
  readonly architecture?: readonly WorkloadName[];
  readonly batch?: readonly number[];
  readonly steps?: number;
  readonly threads?: number;
  readonly engine?: readonly EngineName[];
  readonly device: DeviceChoice;
  readonly lossEvery: number;
  readonly pytorch: boolean;
  readonly json?: true;
  readonly markdown?: true;
}

/** What a GPU is timed on where nothing is said. */
const GPU_NETWORKS: readonly WorkloadName[] = [
  "resnet-20",
  "resnet-56",
  "resnet-110",
  "transformer",
  "transformer-large",
];
const GPU_BATCHES = [32, 128, 512];
const GPU_STEPS = 50;
const GPU_WARM_UP = 10;

/**
 * The text to print; progress goes to stderr. On the CPU: contenders in turns, step by step. On a GPU: one after another,
 * over several networks and batch sizes, the loss read now and then.
 */
export async function speed(options: SpeedCommandOptions): Promise<string> {
  const { device, engine, json, markdown, threads = 1, pytorch, lossEvery, steps } = options;
  const onProgress = (line: string) => console.error(line);
  const onGpu = device !== "cpu" && (device === "gpu" || (await enginesFor("auto")) !== undefined);
  if (onGpu) {
    if (markdown) throw new IdinitError("speed: --markdown is for the CPU; --json takes down what a GPU gives");
    // All GPU engines, also those that cannot be used: the table says why. But one of them must find a GPU.
    await enginesFor("gpu");
    const result = await runThroughput({
      architectures: options.architecture ?? GPU_NETWORKS,
      batches: options.batch ?? GPU_BATCHES,
      engines: engine ?? gpuEngineNames,
      threads,
      pytorch,
      steps: steps ?? GPU_STEPS,
      warmUp: GPU_WARM_UP,
      lossEvery,
      onProgress,
    });
    return json ? JSON.stringify(result, null, 2) : formatThroughput(result);
  }
  const results: SpeedResult[] = [];
  for (const architecture of options.architecture ?? (["resnet-20"] as const)) {
    for (const batch of options.batch ?? [128]) {
      const result = await runSpeed({
        architecture,
        batch,
        threads,
        pytorch,
        ...(steps !== undefined && { steps }),
        ...(engine && { engines: engine }),
        onProgress,
      });
      results.push(result);
    }
  }
  if (json) return JSON.stringify(results.length === 1 ? results[0] : results, null, 2);
  return markdown ? markdownSpeed(results) : results.map(formatSpeed).join("\n\n");
}
