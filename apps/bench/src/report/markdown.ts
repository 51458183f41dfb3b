/** The summary as Markdown tables. */
import type { SkippedRecord } from "../records.js";
import { agreements } from "./agreement.js";
import { short } from "./format.js";
import { averaged } from "./measures.js";
import { columnTitles, rowFacts } from "./rowFacts.js";
import type { Group } from "./summarize.js";

/** Tables of all groups, the engines' agreement and what was skipped. */
export function markdown(groups: readonly Group[], skipped: readonly SkippedRecord[]): string {
  const parts = ["# Results"];
  for (const group of groups) {
    parts.push(`## ${group.scenario}, ${group.variant} (${group.preset})`, describe(group));
    if (group.about?.kind === "measure") {
      parts.push(
        table(
          ["scheme", "what", "layer", "value"],
          averaged(group).map(({ scheme, name, depth, value }) => [scheme, name, String(depth), short(value)]),
        ),
      );
    } else {
      const target = group.about?.target ?? 1;
      parts.push(
        table(
          columnTitles(target),
          group.rows.map((row) => Object.values(rowFacts(group, row))),
        ),
      );
    }
  }
  const compared = agreements(groups);
  if (compared.length > 0) {
    parts.push(
      "## Engines against each other",
      table(
        ["network", "scheme", "seed", "engine", "against", "first loss differs by", "loss after 10 steps"],
        compared.map(({ group, scheme, seed, engine, reference, first, tenth }) => [
          `${group.scenario}, ${group.variant}`,
          scheme,
          String(seed),
          engine,
          reference,
          first === undefined ? "–" : first.toExponential(1),
          tenth === undefined ? "–" : tenth.toExponential(1),
        ]),
      ),
    );
  }
  if (skipped.length > 0) {
    parts.push(
      "## Skipped",
      table(
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
  return `${parts.join("\n\n")}\n`;
}

/** A group's configuration in one line. */
export function describe({ config }: Group): string {
  return Object.entries(config)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
