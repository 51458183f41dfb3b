/** Pictures of the measuring scenarios. */
import * as Plot from "@observablehq/plot";
import { mean, short } from "./format.js";
import type { Markup } from "./markup.js";
import { colourOf } from "./palette.js";
import { draw } from "./plot.js";
import type { Group } from "./summarize.js";

interface Point {
  readonly scheme: string;
  readonly name: string;
  readonly depth: number;
  readonly value: number;
}

/** A value behind each layer: one panel for each name (such as a noise level), one line a scheme, powers of ten upwards. */
export function depthCurves(group: Group): Markup {
  // 0 has no place on a logarithmic axis; such a point is left out of the line.
  const points = averaged(group).filter(({ value }) => value > 0 && Number.isFinite(value));
  const [low, high] = [Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value))];
  const stroke = ({ scheme }: Point) => colourOf(scheme);
  return draw({
    width: 1060,
    height: 250,
    marginLeft: 56,
    marginTop: 34,
    marginBottom: 40,
    fx: { label: null, padding: 0.08 },
    x: { label: "layer", ticks: 5, tickFormat: "d" },
    y: {
      type: "log",
      label: "standard deviation",
      grid: true,
      ticks: 5,
      tickFormat: (value: number) => short(value),
      // At least two powers of ten, so that a steady signal looks steady.
      domain: [Math.min(low, 0.1) / 1.3, Math.max(high, 10) * 1.3],
    },
    marks: [
      Plot.frame({ strokeOpacity: 0.25 }),
      Plot.line(points, { fx: "name", x: "depth", y: "value", z: "scheme", stroke, strokeWidth: 2 }),
      Plot.dot(points, { fx: "name", x: "depth", y: "value", fill: stroke, r: 2.5 }),
    ],
  });
}

/** One value a scheme and name: dots on a line of powers of ten, each with its number. */
export function dots(group: Group): Markup {
  const points = averaged(group).filter(({ value }) => value > 0 && Number.isFinite(value));
  const values = points.map(({ value }) => value);
  const schemes = new Set(points.map(({ scheme }) => scheme)).size;
  return draw({
    width: 760,
    height: 70 + 2 * 26 * schemes,
    marginLeft: 90,
    marginRight: 70,
    marginBottom: 42,
    marginTop: 24,
    fy: { label: null, padding: 0.2, axis: null },
    x: {
      type: "log",
      label: "mean squared singular value",
      grid: true,
      ticks: 8,
      tickFormat: (value: number) => short(value),
      domain: [Math.min(0.1, ...values) / 3, Math.max(10, ...values) * 3],
    },
    y: { label: null, domain: [...new Set(points.map(({ scheme }) => scheme))] },
    marks: [
      Plot.ruleX([1], { strokeDasharray: "4 3" }),
      Plot.dot(points, {
        fy: "name",
        x: "value",
        y: "scheme",
        fill: ({ scheme }: Point) => colourOf(scheme),
        r: 5,
      }),
      Plot.text(points, {
        fy: "name",
        x: "value",
        y: "scheme",
        text: ({ value }: Point) => short(value),
        dx: 10,
        textAnchor: "start",
        fill: "currentColor",
      }),
      Plot.text([...new Set(points.map(({ name }) => name))], {
        fy: (name: string) => name,
        text: (name: string) => name,
        frameAnchor: "top-left",
        dy: -14,
        fontWeight: "bold",
        fill: "currentColor",
      }),
    ],
  });
}

/** Means over the seeds, from the runs that finished. */
export function averaged({ rows }: Group): Point[] {
  return rows.flatMap(({ scheme, runs }) => {
    const measures = runs.filter(({ end }) => end?.status === "finished").flatMap((run) => run.measures);
    const at = new Map<string, { point: Omit<Point, "value">; values: number[] }>();
    for (const { name, depth, value } of measures) {
      const id = `${name} ${depth}`;
      const entry = at.get(id) ?? { point: { scheme, name, depth }, values: [] };
      entry.values.push(value);
      at.set(id, entry);
    }
    return [...at.values()].map(({ point, values }) => ({ ...point, value: mean(values) }));
  });
}
