/** Pictures and tables of what was followed from step to step. */
import * as Plot from "@observablehq/plot";
import type { Observed } from "../scenarios/scenario.js";
import { chart, pointsOf } from "./curves.js";
import { mean, meanInShort, short } from "./format.js";
import { html, type Markup } from "./markup.js";
import { remarksOn, reportedFor } from "./rowFacts.js";
import { type Group, mainEngine, type Row } from "./summarize.js";

/** What the group's scenario follows; nothing where it follows nothing. */
export function observedIn({ about }: Group): readonly Observed[] {
  if (about?.kind === "simulation") return about.observed;
  return (about?.kind === "training" && about.watch?.observed) || [];
}

/** One chart for each name that is drawn, side by side. */
export function observationCharts(group: Group): Markup[] {
  const rows = observedRows(group);
  const drawn = observedIn(group).filter((one) => one.drawn !== false);
  return drawn.flatMap((observed) => {
    const values = (name: string) =>
      pointsOf(rows, ({ observations }) =>
        observations.filter((one) => one.name === name).map(({ step, value }) => [step, value]),
      );
    const log = observed.scale === "log";
    // 0 has no place on a logarithmic axis.
    const points = values(observed.name).filter(({ y }) => !log || y > 0);
    if (points.length === 0) return [];
    const limit = observed.limit === undefined ? [] : values(observed.limit).map(({ y }) => y);
    const under: Plot.Markish[] = log ? [] : [Plot.ruleY([0])];
    if (observed.limit !== undefined && limit.length > 0) {
      const at = mean(limit);
      under.push(
        Plot.ruleY([at], { strokeDasharray: "5 4" }),
        Plot.text([`${observed.limit}: ${short(at)}`], {
          y: at,
          frameAnchor: "right",
          dy: -7,
          fill: "currentColor",
          textAnchor: "end",
        }),
      );
    }
    const chartOf = chart(
      points,
      { label: "training step" },
      { label: observed.label, ...(log && { type: "log", tickFormat: (value: number) => short(value), ticks: 6 }) },
      { under, width: drawn.length > 2 ? 335 : 520 },
    );
    return html`<div><p class="chart-title">${observed.name}</p>${chartOf}</div>`;
  });
}

export interface ObservationTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A row for each scheme: the last values of the runs that finished; where there is no other table, what such a table has. */
export function observationTable(group: Group): ObservationTable {
  const observed = observedIn(group);
  const alone = group.about?.kind === "simulation";
  return {
    titles: [
      "scheme",
      ...(alone ? ["seeds"] : []),
      ...observed.map(({ name }) => `${name}, at the end`),
      ...(alone ? ["remarks", "paper reports"] : []),
    ],
    rows: observedRows(group).map((row) => [
      row.scheme,
      ...(alone ? [String(row.runs.length)] : []),
      ...observed.map(({ name }) => meanInShort(lastOf(row, name))),
      ...(alone ? [remarksOn(row.runs), reportedFor(group, row)] : []),
    ]),
  };
}

/** A training group's rows are the runs of one engine: the others would repeat them. */
function observedRows(group: Group): readonly Row[] {
  const engine = mainEngine(group);
  return group.rows.filter(
    (row) => row.engine === engine && row.runs.some(({ observations }) => observations.length > 0),
  );
}

function lastOf({ runs }: Row, name: string): number[] {
  const finished = runs.filter(({ end }) => end?.status === "finished");
  return finished
    .flatMap(({ observations }) => observations.filter((one) => one.name === name).slice(-1))
    .map(({ value }) => value);
}
