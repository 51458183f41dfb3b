/** Histograms of the kernels that were sampled, before and after training. */
import * as Plot from "@observablehq/plot";
import { short } from "./format.js";
import { html, type Markup } from "./markup.js";
import { colourOf } from "./palette.js";
import { draw } from "./plot.js";
import { type Group, mainEngine } from "./summarize.js";

/** Smaller shares are drawn at the bottom. */
const LEAST = 1e-5;

/** A column for each kernel, before above after, one line a scheme; shares as powers of ten. Nothing where none was recorded. */
export function histograms(group: Group): Markup {
  const engine = mainEngine(group);
  const bins = group.rows.flatMap(({ scheme, runs, ...row }) => {
    const weights = row.engine === engine ? runs.find((run) => run.weights.length > 0)?.weights : undefined;
    return (weights ?? []).flatMap(({ name, when, histogram }) => {
      if (!histogram) return [];
      const { limit, shares } = histogram;
      const width = (2 * limit) / shares.length;
      return shares.map((share, bin) => ({
        scheme,
        name,
        when,
        x: (bin + 0.5) * width - limit,
        share: Math.max(LEAST, share),
      }));
    });
  });
  if (bins.length === 0) return html``;
  const names = [...new Set(bins.map(({ name }) => name))];
  const picture = draw({
    width: 1060,
    height: 430,
    marginLeft: 56,
    marginTop: 34,
    marginBottom: 40,
    marginRight: 56,
    fx: { label: null, padding: 0.08, domain: names },
    fy: { label: null, padding: 0.12, domain: ["before", "after"] },
    x: { label: "weight", ticks: 5 },
    y: {
      type: "log",
      label: "share",
      grid: true,
      domain: [LEAST, 1],
      ticks: 4,
      tickFormat: (value: number) => short(value),
    },
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.line(bins, {
        fx: "name",
        fy: "when",
        x: "x",
        y: "share",
        z: "scheme",
        stroke: ({ scheme }: (typeof bins)[number]) => colourOf(scheme),
        strokeWidth: 1.5,
        curve: "step",
      }),
    ],
  });
  return html`<p class="chart-title">Histograms</p>${picture}`;
}
