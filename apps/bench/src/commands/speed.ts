/** `speed`: times training steps. */
import { readFile } from "node:fs/promises";
import { IdinitError } from "@idinit/core";
import { type DeviceChoice, enginesFor, gpuEngineNames } from "../engines/devices.js";
import type { EngineName, Precision } from "../engines/index.js";
import {
  formatSpeed,
  formatThroughput,
  markdownSpeed,
  readSpeedResults,
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
  readonly threads?: readonly number[];
  readonly engine?: readonly EngineName[];
  readonly device: DeviceChoice;
  readonly lossEvery: number;
  readonly precision?: Precision;
  readonly pytorch: boolean;
  readonly json?: true;
  readonly markdown?: true;
  /** Files with what `--json` printed, to show instead of a new measurement. */
  readonly record?: readonly string[];
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
  const { device, json, markdown, record, precision = "float32" } = options;
  const onGpu = device !== "cpu" && (device === "gpu" || (await enginesFor("auto")) !== undefined);
  if (onGpu && !record) {
    if (markdown) throw new IdinitError("speed: --markdown is for the CPU; --json takes down what a GPU gives");
    const result = await speedOnGpu(options);
    return json ? JSON.stringify(result, null, 2) : formatThroughput(result);
  }
  if (precision === "mixed") throw new IdinitError("speed: --precision mixed is for a GPU: --device gpu");
  const results = record ? await readRecords(record) : await speedOnCpu(options);
  if (json) return JSON.stringify(results.length === 1 ? results[0] : results, null, 2);
  return markdown ? markdownSpeed(results) : results.map(formatSpeed).join("\n\n");
}

async function readRecords(files: readonly string[]): Promise<SpeedResult[]> {
  const results = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8").catch((error: Error) => {
        throw new IdinitError(`speed: --record: ${error.message}`);
      });
      return readSpeedResults(text, file);
    }),
  );
  return results.flat();
}

async function speedOnCpu(options: SpeedCommandOptions): Promise<SpeedResult[]> {
  const { architecture: architectures = ["resnet-20"], batch: batches, threads = [1] } = options;
  const { engine, pytorch, steps } = options;
  const results: SpeedResult[] = [];
  for (const architecture of architectures) {
    // Without a batch size each network has its own.
    for (const batch of batches ?? [undefined]) {
      for (const count of threads) {
        results.push(
          await runSpeed({
            architecture,
            threads: count,
            pytorch,
            ...(batch !== undefined && { batch }),
            ...(steps !== undefined && { steps }),
            ...(engine && { engines: engine }),
            onProgress,
          }),
        );
      }
    }
  }
  return results;
}

async function speedOnGpu({ threads = [1], ...options }: SpeedCommandOptions) {
  if (threads.length > 1) throw new IdinitError(`speed: on a GPU --threads needs one number, got ${threads.join(",")}`);
  const { engine: engines = gpuEngineNames } = options;
  // Those that cannot be used are asked too: the table says why. But one GPU engine must find a GPU, if there are any.
  if (engines.some((name) => gpuEngineNames.includes(name))) await enginesFor("gpu");
  return runThroughput({
    architectures: options.architecture ?? GPU_NETWORKS,
    batches: options.batch ?? GPU_BATCHES,
    engines,
    threads: threads[0]!,
    pytorch: options.pytorch,
    steps: options.steps ?? GPU_STEPS,
    warmUp: GPU_WARM_UP,
    lossEvery: options.lossEvery,
    precision: options.precision,
    onProgress,
  });
}

function onProgress(line: string): void {
  console.error(line);
}
