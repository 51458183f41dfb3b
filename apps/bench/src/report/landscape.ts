/** The picture of the two-weight network: its gradient everywhere, and the ways that training took. */
import * as Plot from "@observablehq/plot";
import { gradient, skipOf } from "../scenarios/toy.js";
import type { Markup } from "./markup.js";
import { colourOf } from "./palette.js";
import { draw } from "./plot.js";
import type { Group } from "./summarize.js";

/** Of both weights. */
const REACH = 2.6;

export const landscapeCaption =
  "Left: the length of the gradient, a power of ten from one shade to the next, dark is long; dashed: the solutions; a line for each run " +
  "from its start (ring) to its end (dot). Right: thick the mean over the seeds, thin each seed.";

interface Place {
  readonly scheme: string;
  readonly id: string;
  readonly w1: number;
  readonly w2: number;
}

/** The gradient's length over both weights, the solutions, and one line a run. */
export function landscape({ variant, config, rows }: Group): Markup {
  const [layers, skip] = [Number(config.layers), skipOf(variant)];
  const ways = rows.flatMap(({ scheme, runs }) => runs.map((run) => placesOf(scheme, run)));
  const stroke = ({ scheme }: Place) => colourOf(scheme);
  const at = { x: "w1", y: "w2" } as const;
  const solution = 50 ** (1 / layers) - skip;
  const branch = (sign: number) =>
    Array.from({ length: 60 }, (_, i) => {
      const w1 = sign * (solution / REACH) * (REACH ** 2 / solution) ** (i / 59);
      return [w1, solution / w1] as const;
    });
  return draw({
    width: 520,
    height: 470,
    marginTop: 40,
    x: { label: "w₁", domain: [-REACH, REACH], ticks: 5 },
    y: { label: "w₂", domain: [-REACH, REACH], ticks: 5 },
    color: { type: "linear", scheme: "oranges", domain: [-6, 7] },
    marks: [
      Plot.contour({
        x1: -REACH,
        x2: REACH,
        y1: -REACH,
        y2: REACH,
        interval: 1,
        pixelSize: 4,
        fill: (w1: number, w2: number) => Math.log10(Math.max(1e-9, Math.hypot(...gradient([w1, w2], skip, layers)))),
        stroke: "#00000022",
      }),
      ...[1, -1].map((sign) => Plot.line(branch(sign), { stroke: "#222222", strokeDasharray: "4 3", clip: true })),
      ...ways.flatMap((way) => [
        Plot.line(way, { ...at, stroke, strokeWidth: 2, clip: true }),
        Plot.dot(way.slice(0, 1), { ...at, stroke, fill: "#ffffff", r: 4, clip: true }),
        Plot.dot(way.slice(-1), { ...at, fill: stroke, r: 3.5, clip: true }),
      ]),
    ],
  });
}

function placesOf(scheme: string, run: Group["rows"][number]["runs"][number]): Place[] {
  const valuesOf = (name: string) => run.observations.filter((one) => one.name === name);
  const second = new Map(valuesOf("w₂").map(({ step, value }) => [step, value]));
  return valuesOf("w₁").map(({ step, value }) => ({ scheme, id: run.start.run, w1: value, w2: second.get(step) ?? 0 }));
}
