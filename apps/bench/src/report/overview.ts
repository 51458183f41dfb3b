/** One recipe at many settings: a picture over the settings and one table, instead of a part for each. */
import * as Plot from "@observablehq/plot";
import { mean } from "./format.js";
import { html, type Markup } from "./markup.js";
import { colourOf, orderSchemes } from "./palette.js";
import { draw } from "./plot.js";
import { columnTitles, rowFacts } from "./rowFacts.js";
import type { Group } from "./summarize.js";

interface Point {
  readonly scheme: string;
  readonly warmUp: number;
  readonly rate: number;
  readonly decay: number;
  /** Percent, of the finished runs; undefined where none finished. */
  readonly accuracy: number | undefined;
}

/** The part of a scenario whose networks are one recipe at different settings. */
export function overviewPart(kind: "warm-up" | "grid", groups: readonly Group[], target: number): Markup {
  const { titles, rows } = overviewTable(groups, target);
  return html`<figure>${kind === "grid" ? gridChart(groups) : warmUpChart(groups)}
<figcaption>Test accuracy in percent, means over the seeds${kind === "grid" ? "; × where no run finished" : ""}.</figcaption></figure>
<div class="scroll"><table><thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.slice(0, -1).map((cell) => html`<td>${cell}</td>`)}<td class="wide">${cells.at(-1)!}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Accuracy by warm-up, a line for each scheme. */
function warmUpChart(groups: readonly Group[]): Markup {
  const points = pointsOf(groups).sort((a, b) => a.warmUp - b.warmUp);
  const stroke = ({ scheme }: Point) => colourOf(scheme);
  const at = { x: "warmUp", y: "accuracy" } as const;
  return draw({
    width: 620,
    height: 320,
    marginTop: 28,
    marginLeft: 48,
    marginBottom: 40,
    x: { label: "warm-up, % of the training" },
    y: { label: "test accuracy %", domain: [0, 100], grid: true },
    marks: [
      Plot.ruleY([0]),
      Plot.line(points, { ...at, z: "scheme", stroke, strokeWidth: 2 }),
      Plot.dot(points, { ...at, fill: stroke, r: 4 }),
    ],
  });
}

/** A field for each learning rate and weight decay, a panel for each scheme; a cross where no run finished. */
function gridChart(groups: readonly Group[]): Markup {
  const points = pointsOf(groups);
  const schemes = orderSchemes(points.map(({ scheme }) => scheme));
  const ordered = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const finished = points.filter(({ accuracy }) => accuracy !== undefined);
  const field = { fx: "scheme", x: "rate", y: "decay" } as const;
  const power = (value: number) => value.toExponential(0).replace("e+", "e").replace("1e0", "1");
  return draw({
    width: Math.min(1060, 90 + 230 * schemes.length),
    height: 110 + 34 * ordered(points.map(({ decay }) => decay)).length,
    marginLeft: 56,
    marginTop: 48,
    marginBottom: 44,
    fx: { label: null, padding: 0.06, domain: schemes },
    x: { label: "learning rate", domain: ordered(points.map(({ rate }) => rate)), tickFormat: power, type: "band" },
    y: {
      label: "weight decay",
      domain: ordered(points.map(({ decay }) => decay)).reverse(),
      tickFormat: power,
      type: "band",
    },
    color: { scheme: "blues", domain: [0, 100], type: "linear" },
    marks: [
      Plot.cell(finished, { ...field, fill: "accuracy", inset: 1 }),
      Plot.text(points, {
        ...field,
        text: ({ accuracy }: Point) => accuracy?.toFixed(0) ?? "×",
        fill: ({ accuracy = 0 }: Point) => (accuracy > 55 ? "#ffffff" : accuracy > 0 ? "#1c2024" : "#8c8c8c"),
      }),
    ],
  });
}

interface OverviewTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The rows of all groups, the setting before each. */
function overviewTable(groups: readonly Group[], target: number): OverviewTable {
  return {
    titles: ["setting", ...columnTitles(target)],
    rows: groups.flatMap((group) =>
      group.rows.map((row) => [group.variant, ...Object.values<string>({ ...rowFacts(group, row) })]),
    ),
  };
}

function pointsOf(groups: readonly Group[]): Point[] {
  return groups.flatMap(({ config, rows }) =>
    rows.map(({ scheme, runs }): Point => {
      const last = runs.flatMap(({ end, epochs }) => (end?.status === "finished" ? epochs.slice(-1) : []));
      const { weightDecay = 0 } = config.optimizer as { readonly weightDecay?: number };
      return {
        scheme,
        warmUp: (100 * Number(config.warmUpEpochs)) / Number(config.epochs),
        rate: Number(config.learningRate),
        decay: weightDecay,
        accuracy: last.length === 0 ? undefined : 100 * mean(last.map(({ accuracy }) => accuracy)),
      };
    }),
  );
}
