/** The summary as Markdown tables. */
import { markdownTable } from "../markdownTable.js";
import type { SkippedRecord } from "../records.js";
import type { Run } from "../runs.js";
import { agreements, showDifference } from "./agreement.js";
import { describe } from "./describe.js";
import { environmentFacts } from "./environmentFacts.js";
import { short } from "./format.js";
import { averaged } from "./measures.js";
import { observationTable, observedIn } from "./observations.js";
import { columnTitles, rowFacts } from "./rowFacts.js";
import type { Group } from "./summarize.js";

/** Tables of all groups, the engines' agreement, what was skipped, and where it all ran. */
export function markdown(groups: readonly Group[], skipped: readonly SkippedRecord[], runs: readonly Run[]): string {
  const parts = ["# Results"];
  for (const group of groups) {
    parts.push(`## ${group.scenario}, ${group.variant} (${group.preset})`, describe(group.config));
    if (group.about?.kind === "measure") {
      parts.push(measureTable(group));
    } else if (group.about?.kind === "simulation") {
      parts.push(observedTable(group));
    } else {
      const target = group.about?.kind === "training" ? group.about.target : 1;
      parts.push(
        markdownTable(
          columnTitles(target),
          group.rows.map((row) => Object.values(rowFacts(group, row))),
        ),
      );
      if (observedIn(group).length > 0) parts.push(observedTable(group));
    }
  }
  const compared = agreements(groups);
  if (compared.length > 0) {
    parts.push(
      "## Engines against each other",
      markdownTable(
        ["network", "scheme", "seed", "engine", "against", "first loss differs by", "loss after 10 steps"],
        compared.map(({ group, scheme, seed, engine, reference, first, tenth }) => [
          `${group.scenario}, ${group.variant}`,
          scheme,
          String(seed),
          engine,
          reference,
          showDifference(first),
          showDifference(tenth),
        ]),
      ),
    );
  }
  if (skipped.length > 0) {
    parts.push(
      "## Skipped",
      markdownTable(
        ["scenario", "engine", "scheme", "seed", "reason"],
        skipped.map(({ scenario, variant, engine, scheme, seed, reason }) => [
          `${scenario}, ${variant}`,
          engine,
          scheme,
          String(seed),
          reason,
        ]),
      ),
    );
  }
  const { environments, frameworks, commands } = environmentFacts(runs);
  parts.push(
    "## Where it ran",
    ...environments.map((facts) => facts.map(([name, value]) => `- ${name}: ${value}`).join("\n")),
    frameworks.map(([name, value]) => `- ${name}: ${value}`).join("\n"),
    ["```sh", ...commands, "```"].join("\n"),
  );
  return `${parts.join("\n\n")}\n`;
}

function observedTable(group: Group): string {
  const { titles, rows } = observationTable(group);
  return markdownTable(titles, rows);
}

/** Schemes and names down, first, middle and last layer across; one column where there is one layer. */
function measureTable(group: Group): string {
  const points = averaged(group);
  const lines = new Map<string, typeof points>();
  for (const point of points) {
    const id = JSON.stringify([point.scheme, point.name]);
    lines.set(id, [...(lines.get(id) ?? []), point]);
  }
  return markdownTable(
    ["scheme", "what", "first layer", "middle", "last layer"],
    [...lines.values()].map((line) => {
      const { scheme, name } = line[0]!;
      const at = (index: number) => `${short(line[index]!.value)} (${line[index]!.depth})`;
      if (line.length < 3) return [scheme, name, "", "", at(line.length - 1)];
      return [scheme, name, at(0), at(Math.floor(line.length / 2)), at(line.length - 1)];
    }),
  );
}
