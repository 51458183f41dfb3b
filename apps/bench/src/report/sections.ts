/** The parts of the report's page that show results. */
import { accuracyCurves, lossCurves } from "./curves.js";
import { describe } from "./describe.js";
import { histograms } from "./histograms.js";
import { landscape, landscapeCaption } from "./landscape.js";
import { html, type Markup } from "./markup.js";
import { depthCurves, dots } from "./measures.js";
import { observationCharts, observationTable, observedIn } from "./observations.js";
import { overviewPart } from "./overview.js";
import { colourOf, orderSchemes } from "./palette.js";
import { columnTitles, rowFacts } from "./rowFacts.js";
import { type Group, mainEngine } from "./summarize.js";
import { weightPictures } from "./weights.js";

/** Everything about the groups of one scenario. */
export function scenarioSection(groups: readonly Group[]): Markup {
  const { scenario, about } = groups[0]!;
  const heading = about ? `${about.title}` : scenario;
  return html`<section id="${scenario}">
<h2>${heading}</h2>
<p class="source">Scenario <code>${scenario}</code>${about ? `, after ${about.source}` : ""}.</p>
${parts(groups)}
</section>`;
}

/** A part for each group; settings of one recipe stand together, presets and networks apart. */
function parts(groups: readonly Group[]): readonly Markup[] {
  const { about } = groups[0]!;
  if (about?.kind !== "training" || !about.overview) return groups.map(groupPart);
  const { overview, target } = about;
  return [...new Set(groups.map(({ preset }) => preset))].map((preset) => {
    const together = groups.filter((group) => group.preset === preset);
    return html`<h3>${preset}</h3><p class="config">${describe(sharedConfig(together))}</p>
${legend(together.flatMap(({ rows }) => rows.map(({ scheme }) => scheme)))}${overviewPart(overview, together, target)}`;
  });
}

/** What does not differ between the groups. */
function sharedConfig(groups: readonly Group[]): Group["config"] {
  const [first, ...others] = groups.map(({ config }) => config);
  const same = (name: string) =>
    others.every((config) => JSON.stringify(config[name]) === JSON.stringify(first![name]));
  return Object.fromEntries(Object.entries(first!).filter(([name]) => same(name)));
}

function groupPart(group: Group): Markup {
  if (group.about?.kind === "measure") return measureGroup(group);
  return group.about?.kind === "simulation" ? simulationGroup(group) : trainingGroup(group);
}

function trainingGroup(group: Group): Markup {
  const engine = mainEngine(group);
  const drawn = group.rows.filter((row) => row.engine === engine);
  // One scheme for one epoch is there to compare engines: its curve would show nothing.
  const withCurves = drawn.some(({ runs }) => runs.some(({ epochs }) => epochs.length > (drawn.length > 1 ? 1 : 2)));
  const target = group.about?.kind === "training" ? group.about.target : 1;
  const rows = group.rows.map((row) => ({ row, facts: rowFacts(group, row) }));
  return html`<h3>${group.variant} <small>${group.preset}</small></h3>
<p class="config">${describe(group.config)}</p>
<div class="scroll"><table>
<thead><tr>${columnTitles(target).map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ facts }) => html`<tr><td>${facts.engine}</td><td>${swatch(facts.scheme)}</td><td class="n">${facts.seeds}</td>
<td class="n">${facts.accuracy}</td><td class="n">${facts.testLoss}</td><td class="n">${facts.epochsToTarget}</td>
<td class="n">${facts.millisecondsPerStep}</td><td>${facts.remarks}</td><td class="wide">${facts.paper}</td></tr>`,
  )}</tbody></table></div>
${observedIn(group).length > 0 ? html`<figure>${legend(drawn.map(({ scheme }) => scheme))}${observations(group)}</figure>` : html``}
${
  withCurves
    ? html`<figure>${legend(drawn.map(({ scheme }) => scheme))}<div class="pair">${lossCurves(drawn)}${accuracyCurves(drawn)}</div>
<figcaption>On ${engine}. Thick: mean over the seeds; thin: each seed.</figcaption></figure>`
    : html``
}
${group.scenario === "weights" ? html`<figure>${histograms(group)}</figure>` : html``}
${weightPictures(group)}`;
}

function simulationGroup(group: Group): Markup {
  const isToy = group.scenario === "toy";
  return html`<h3>${group.variant} <small>${group.preset}</small></h3>
<p class="config">${describe(group.config)}</p>
<figure>${legend(group.rows.map(({ scheme }) => scheme))}${observations(group, isToy ? [landscape(group)] : [])}
${isToy ? html`<figcaption>${landscapeCaption}</figcaption>` : html``}</figure>`;
}

/** Charts beside each other, `more` before them, then the table. */
function observations(group: Group, more: readonly Markup[] = []): Markup {
  const { titles, rows } = observationTable(group);
  return html`<div class="pair">${[...more, ...observationCharts(group)]}</div>
<div class="scroll"><table><thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map(([scheme = "", ...cells]) => html`<tr><td>${swatch(scheme)}</td>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

function measureGroup(group: Group): Markup {
  const schemes = group.rows.map(({ scheme }) => scheme);
  const layers = new Set(
    group.rows.flatMap(({ runs }) => runs.flatMap(({ measures }) => measures.map((one) => one.depth))),
  );
  if (layers.size === 0) return html`<h3>${group.variant} <small>${group.preset}</small></h3><p>No run finished.</p>`;
  const reported = group.about?.reported.filter(({ variant }) => variant === group.variant) ?? [];
  return html`<h3>${group.variant} <small>${group.preset}</small></h3>
<p class="config">${describe(group.config)}</p>
<figure>${legend(schemes)}${layers.size > 2 ? depthCurves(group) : dots(group)}
${
  reported.length > 0
    ? html`<figcaption>The paper reports: ${reported.map((one) => `${one.scheme} ${one.value} (${one.setting})`).join("; ")}.</figcaption>`
    : html``
}</figure>`;
}

/** A scheme's name behind its colour. */
function swatch(scheme: string): Markup {
  return html`<span class="swatch" style="background:${colourOf(scheme)}"></span>${scheme}`;
}

function legend(schemes: readonly string[]): Markup {
  return html`<p class="legend">${orderSchemes(schemes).map((scheme) => html`<span>${swatch(scheme)}</span>`)}</p>`;
}
