/** The parts of the report's page behind the results: agreement, skipped runs, where and how it ran. */
import type { SkippedRecord } from "../records.js";
import type { Run } from "../runs.js";
import { agreements, showDifference } from "./agreement.js";
import { environmentFacts, type Facts } from "./environmentFacts.js";
import { html, type Markup } from "./markup.js";
import type { Group } from "./summarize.js";

/** Equal weights, equal batches: how far the losses of the engines are apart. */
export function agreementSection(groups: readonly Group[]): Markup {
  const compared = agreements(groups);
  if (compared.length === 0) return html``;
  return html`<section id="agreement"><h2>Engines against each other</h2>
<p>Runs that differ only in the engine start from equal weights and see equal batches. The relative difference of the loss,
before the first update and after ten; rounding grows with every update, fastest where training is unsteady.</p>
<div class="scroll"><table><thead><tr><th>network</th><th>scheme</th><th>seed</th><th>engine</th><th>against</th><th>first loss</th><th>after 10 steps</th></tr></thead>
<tbody>${compared.map(
    ({ group, scheme, seed, engine, reference, first, tenth }) =>
      html`<tr><td>${group.scenario}, ${group.variant} (${group.preset})</td><td>${scheme}</td><td class="n">${seed}</td><td>${engine}</td>
<td>${reference}</td><td class="n">${showDifference(first)}</td><td class="n">${showDifference(tenth)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** What could not run, one line a reason. */
export function skippedSection(skipped: readonly SkippedRecord[]): Markup {
  if (skipped.length === 0) return html``;
  const lines = new Map<string, { record: SkippedRecord; count: number }>();
  for (const record of skipped) {
    const id = [record.scenario, record.variant, record.engine, record.reason].join("\n");
    lines.set(id, { record, count: (lines.get(id)?.count ?? 0) + 1 });
  }
  return html`<section id="skipped"><h2>Skipped</h2><div class="scroll"><table>
<thead><tr><th>network</th><th>engine</th><th>runs</th><th>reason</th></tr></thead>
<tbody>${[...lines.values()].map(
    ({ record, count }) =>
      html`<tr><td>${record.scenario}, ${record.variant}</td><td>${record.engine}</td><td class="n">${count}</td><td class="wide">${record.reason}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Runs that failed or were left unfinished, and why. */
export function failuresSection(runs: readonly Run[]): Markup {
  const failed = runs.filter(({ end }) => end?.status !== "finished");
  if (failed.length === 0) return html``;
  return html`<section id="unfinished"><h2>Not finished</h2><div class="scroll"><table>
<thead><tr><th>network</th><th>engine</th><th>scheme</th><th>seed</th><th>how it ended</th></tr></thead>
<tbody>${failed.map(
    ({ start, end }) =>
      html`<tr><td>${start.scenario}, ${start.variant}</td><td>${start.engine}</td><td>${start.scheme}</td><td class="n">${start.seed}</td>
<td class="wide">${end ? `${end.status}: ${end.reason ?? ""}` : "killed: its records have no end"}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Machine, versions and the commands that made the records. */
export function environmentSection(runs: readonly Run[]): Markup {
  const { environments, frameworks, commands } = environmentFacts(runs);
  return html`<section id="environment"><h2>Where it ran</h2>
${environments.map((rows) => facts(rows))}
<h3>Engines</h3>${facts(frameworks)}
<h3>How to run it again</h3>${commands.map((command) => html`<pre>${command}</pre>`)}</section>`;
}

function facts(rows: Facts): Markup {
  return html`<table class="facts-table"><tbody>${rows.map(([name, value]) => html`<tr><th>${name}</th><td class="wide">${value}</td></tr>`)}</tbody></table>`;
}
