/** The report as one HTML page without scripts or outside files. */
import type { SkippedRecord } from "../records.js";
import type { Run } from "../runs.js";
import { agreementSection, environmentSection, failuresSection, skippedSection } from "./appendix.js";
import { html, raw } from "./markup.js";
import { scenarioSection } from "./sections.js";
import { stylesheet } from "./stylesheet.js";
import type { Group } from "./summarize.js";

export interface PageInput {
  readonly groups: readonly Group[];
  readonly runs: readonly Run[];
  readonly skipped: readonly SkippedRecord[];
}

/** The whole page. */
export function page({ groups, runs, skipped }: PageInput): string {
  const names = [...new Set(groups.map(({ scenario }) => scenario))];
  const days = [...new Set(runs.map(({ start }) => start.time.slice(0, 10)).sort())];
  const seconds = runs.reduce((sum, { end }) => sum + (end?.seconds ?? 0), 0);
  const appendix = [agreementSection(groups), skippedSection(skipped), failuresSection(runs), environmentSection(runs)];
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Initialization across frameworks</title><style>${raw(stylesheet)}</style></head><body><main>
<header><h1>Initialization across frameworks</h1>
<p>${runs.length} runs of ${names.length} ${names.length === 1 ? "scenario" : "scenarios"}, ${days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]!}, ${(seconds / 60).toFixed(1)} minutes in all.
Numbers are means ± sample standard deviations over the seeds. “Paper reports” holds what the paper found in its own setting,
with its data, its size of network and its length of training: read it beside ours, not against it.</p>
<nav>${names.map((name) => html`<a href="#${name}">${name}</a>`)}<a href="#environment">environment</a></nav></header>
${names.map((name) => scenarioSection(groups.filter(({ scenario }) => scenario === name)))}
${appendix}
</main></body></html>`.markup
  }\n`;
}
