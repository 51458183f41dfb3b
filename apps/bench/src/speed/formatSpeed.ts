/** The speed result as text for a terminal. */
import { entryFacts } from "./entryFacts.js";
import { describeEnvironment } from "./environment.js";
import type { SpeedResult } from "./runSpeed.js";
import { table } from "./table.js";

/** A table, one line for each contender, fastest first, then what was skipped and where it ran. */
export function formatSpeed(result: SpeedResult): string {
  const { environment, entries, skipped } = result;
  const rows = entryFacts(entries).map((entry) => [
    entry.name,
    entry.median,
    entry.ratio,
    entry.range,
    entry.framework,
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
