/** Speed results as a page. */
import { markdownTable } from "../markdownTable.js";
import { entryFacts } from "./entryFacts.js";
import { describeEnvironment } from "./environment.js";
import type { SpeedResult } from "./runSpeed.js";

/** A table for each network and batch size, with what was skipped, where it ran and by which command. */
export function markdownSpeed(results: readonly SpeedResult[]): string {
  const parts = ["# Milliseconds a training step"];
  for (const { architecture, batch, threads, steps, entries, skipped, environment } of results) {
    const { date, commit, command } = environment;
    const rows = entryFacts(entries).map((entry) => [
      entry.name,
      entry.median,
      entry.range,
      entry.ratio,
      entry.framework,
    ]);
    parts.push(
      `## ${architecture}, batch ${batch}, ${threads} thread(s)`,
      markdownTable(["engine", "median of the steps", "range", "PyTorch's median / this", "framework"], rows),
      ...skipped.map(({ name, reason }) => `Skipped ${name}: ${reason}.`),
      `${steps} steps of each, taken in turns: \`npm run bench:train -- ${command.slice(1).join(" ")}\`, ${date.slice(0, 10)}` +
        `${commit === undefined ? "" : `, commit ${commit}`}; ${describeEnvironment(environment)}.`,
    );
  }
  return `${parts.join("\n\n")}\n`;
}
