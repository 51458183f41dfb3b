/** The speed result as text for a terminal. */
import { entryFacts } from "./entryFacts.js";
import { describeEnvironment } from "./environment.js";
import type { SpeedResult } from "./speedResult.js";
import { table } from "./table.js";

const HEAD = [
  "engine",
  "ms/step",
  "vs PyTorch",
  "vs ort-node",
  "range",
  "CPU ms",
  "vs PyTorch",
  "peak MiB",
  "/ PyTorch's",
  "framework",
];

/** A table, one line for each contender, fastest first, then what was skipped and where it ran. */
export function formatSpeed(result: SpeedResult): string {
  const { environment, entries, skipped } = result;
  const rows = entryFacts(entries).map((entry) => [
    entry.name,
    entry.median,
    entry.ratio,
    entry.nativeRatio,
    entry.range,
    entry.cpu,
    entry.cpuRatio,
    entry.peak,
    entry.peakRatio,
    entry.framework,
  ]);
  return [
    `${result.architecture}, batch ${result.batch}, ${result.threads} thread(s), median of ${result.steps} steps taken in turns`,
    "",
    ...table([HEAD, ...rows]),
    ...skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`),
    "",
    describeEnvironment(environment),
  ].join("\n");
}
