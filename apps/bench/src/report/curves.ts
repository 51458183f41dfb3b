/** Loss and accuracy over training. */
import * as Plot from "@observablehq/plot";
import type { Run } from "../runs.js";
import { mean } from "./format.js";
import type { Markup } from "./markup.js";
import { colourOf, orderSchemes } from "./palette.js";
import { draw } from "./plot.js";
import type { Row } from "./summarize.js";

export interface Point {
  readonly scheme: string;
  readonly seed: number;
  readonly x: number;
  readonly y: number;
}

const SIZE = { width: 520, height: 308, marginTop: 28, marginLeft: 48, marginBottom: 40, marginRight: 16 };

/** Training loss by step; the thick lines are means over the seeds, thin ones single seeds. */
export function lossCurves(rows: readonly Row[]): Markup {
  const points = pointsOf(rows, ({ losses }) => losses.map(({ from, to, loss }) => [(from + to) / 2 + 1, loss]));
  // A loss that blows up may leave the picture; the others stay readable.
  const starts = points.filter(({ x }) => x === 1).map(({ y }) => y);
  const top = Math.min(Math.max(...points.map(({ y }) => y)), 1.6 * Math.max(...starts, 1e-9));
  return chart(points, { label: "training step" }, { label: "training loss", domain: [0, top] });
}

/** Test accuracy by epoch. */
export function accuracyCurves(rows: readonly Row[]): Markup {
  const points = pointsOf(rows, ({ epochs }) => epochs.map(({ epoch, accuracy }) => [epoch, 100 * accuracy]));
  const epochs = Math.max(...points.map(({ x }) => x));
  return chart(
    points,
    { label: "epoch", ticks: Math.min(10, epochs), tickFormat: "d" },
    { label: "test accuracy %", domain: [0, 100] },
  );
}

/** The points of all runs; what is no number is left out. */
export function pointsOf(
  rows: readonly Row[],
  values: (run: Run) => readonly (readonly [x: number, y: number])[],
): Point[] {
  return rows.flatMap(({ scheme, runs }) =>
    runs.flatMap((run) =>
      values(run)
        .filter(([, y]) => Number.isFinite(y))
        .map(([x, y]) => ({ scheme, seed: run.start.seed, x, y })),
    ),
  );
}

/** One line a scheme: thick the mean over the seeds, thin each seed. `under` is drawn first. */
export function chart(
  points: readonly Point[],
  x: Plot.ScaleOptions,
  y: Plot.ScaleOptions,
  { under = [Plot.ruleY([0])], width = SIZE.width }: { readonly under?: Plot.Markish[]; readonly width?: number } = {},
): Markup {
  const means = averaged(points);
  const colour = (point: Point) => colourOf(point.scheme);
  const z = ({ scheme, seed }: Point) => `${scheme} ${seed}`;
  return draw({
    ...SIZE,
    width,
    insetTop: 2,
    x,
    y: { ...y, grid: true, nice: true },
    marks: [
      ...under,
      Plot.line(points, { x: "x", y: "y", z, stroke: colour, strokeWidth: 1, strokeOpacity: 0.35, clip: true }),
      Plot.line(means, { x: "x", y: "y", z: "scheme", stroke: colour, strokeWidth: 2, clip: true }),
    ],
  });
}

function averaged(points: readonly Point[]): Point[] {
  return orderSchemes(points.map(({ scheme }) => scheme))
    .reverse()
    .flatMap((scheme) => {
      const atX = new Map<number, number[]>();
      for (const { x, y } of points.filter((point) => point.scheme === scheme)) {
        atX.set(x, [...(atX.get(x) ?? []), y]);
      }
      return [...atX].sort(([a], [b]) => a - b).map(([x, values]) => ({ scheme, seed: -1, x, y: mean(values) }));
    });
}
