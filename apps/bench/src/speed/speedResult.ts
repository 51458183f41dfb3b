/** What a measurement of speed gives. */
import { IdinitError } from "@idinit/core";
import type { Duration } from "./contender.js";
import type { SpeedEnvironment } from "./environment.js";
import { median } from "./interleave.js";

export interface SpeedEntry {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** Milliseconds of each counted step, in order. */
  readonly steps: readonly number[];
  /** Median milliseconds of a step. */
  readonly milliseconds: number;
  /** Median of the processor time of a step, all threads together. */
  readonly cpuMilliseconds: number;
  /** PyTorch's median divided by this one: 1 is equal, below 1 slower. Absent where PyTorch was not timed. */
  readonly relativeToPytorch?: number;
  /** The same for onnxruntime-node's median. */
  readonly relativeToOnnxruntimeNode?: number;
  /** PyTorch's processor time divided by this one's: hardly moved by other load on the machine. */
  readonly cpuRelativeToPytorch?: number;
  /** The most resident memory that the contender's process has had; absent where the system does not tell. */
  readonly peakBytes?: number;
  /** This one's peak divided by PyTorch's: above 1 needs more. */
  readonly peakRelativeToPytorch?: number;
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

/** What was seen of one contender. */
export type Observation = Pick<SpeedEntry, "name" | "framework" | "version" | "device" | "peakBytes"> & {
  readonly durations: readonly Duration[];
};

/** Medians, and how the contenders compare. */
export function compareEntries(observations: readonly Observation[]): SpeedEntry[] {
  const timed = observations.map(({ durations, ...observation }) => {
    const steps = durations.map(({ milliseconds }) => milliseconds);
    const cpuMilliseconds = median(durations.map((duration) => duration.cpuMilliseconds));
    return { ...observation, steps, milliseconds: median(steps), cpuMilliseconds };
  });
  const pytorch = timed.find(({ name }) => name === "pytorch");
  const native = timed.find(({ name }) => name === "onnxruntime-node");
  return timed.map((entry) => ({
    ...entry,
    ...(pytorch && {
      relativeToPytorch: pytorch.milliseconds / entry.milliseconds,
      cpuRelativeToPytorch: pytorch.cpuMilliseconds / entry.cpuMilliseconds,
    }),
    ...(native && { relativeToOnnxruntimeNode: native.milliseconds / entry.milliseconds }),
    ...(pytorch?.peakBytes !== undefined &&
      entry.peakBytes !== undefined && { peakRelativeToPytorch: entry.peakBytes / pytorch.peakBytes }),
  }));
}

/**
 * The results in what `--json` printed; lines before the first `[` or `{` are passed over, as npm writes some.
 *
 * @param origin names the text in the message of errors
 * @throws IdinitError when it is something else.
 */
export function readSpeedResults(text: string, origin: string): SpeedResult[] {
  let value: unknown;
  try {
    value = JSON.parse(text.slice(Math.max(0, text.search(/^[[{]/m))));
  } catch (error) {
    throw new IdinitError(`${origin}: expected JSON that speed --json printed: ${(error as Error).message}`);
  }
  const results = (Array.isArray(value) ? value : [value]) as readonly Partial<SpeedResult>[];
  const other = results.find((result) => result?.kind !== "speed");
  if (other !== undefined)
    throw new IdinitError(`${origin}: expected results of kind "speed", got kind ${JSON.stringify(other?.kind)}`);
  return results as SpeedResult[];
}
