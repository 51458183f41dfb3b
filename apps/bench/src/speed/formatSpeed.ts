/** The speed result as text for a terminal. */
import { describeEnvironment } from "./environment.js";
import type { SpeedResult } from "./runSpeed.js";
import { table } from "./table.js";

/** A table, one line for each contender, fastest first, then what was skipped and where it ran. */
export function formatSpeed(result: SpeedResult): string {
  const { environment, entries, skipped } = result;
  const rows = [...entries]
    .sort((a, b) => a.milliseconds - b.milliseconds)
    .map((entry) => [
      entry.name,
      entry.milliseconds.toFixed(1),
      entry.relativeToPytorch === undefined ? "–" : entry.relativeToPytorch.toFixed(2),
      `${Math.min(...entry.steps).toFixed(1)} … ${Math.max(...entry.steps).toFixed(1)}`,
      `${entry.framework} ${entry.version}, ${entry.device}`,
    ]);
  const lines = table([["engine", "ms/step", "vs PyTorch", "range", "framework"], ...rows]);
  return [
    `${result.architecture}, batch ${result.batch}, ${result.threads} thread(s), median of ${result.steps} steps taken in turns`,
    "",
    ...lines,
    ...skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`),
    "",
    describeEnvironment(environment),
  ].join("\n");
}
