/** Matrices and kernels as coloured cells: blue is positive, red negative, white 0, by the largest value of each panel. */
import * as Plot from "@observablehq/plot";
import { CAPTION, type Panel, panel } from "./panel.js";

/** A square or a frame, in cells from the panel's left and top. */
interface Box {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
  readonly value: number;
}

const box = (x: number, y: number, width: number, height: number, value = 0): Box => ({
  x1: x,
  x2: x + width,
  y1: y,
  y2: y + height,
  value,
});

const BOX = { x1: "x1", x2: "x2", y1: "y1", y2: "y2" } as const;

/** A matrix, row-major. */
export function heatMap(values: ArrayLike<number>, [rows, columns]: readonly [number, number], caption: string): Panel {
  return tapMap(values, [rows, columns, 1, 1], caption);
}

/** A kernel `[out, in, kh, kw]`: an `[out, in]` matrix for each tap. */
export function tapMap(
  values: ArrayLike<number>,
  [out, inputs, kh, kw]: readonly [number, number, number, number],
  caption: string,
): Panel {
  const size = kh * kw > 1 ? 9 : 13;
  const gap = 0.6;
  const taps = Array.from({ length: kh * kw }, (_, tap) => ({
    x: (tap % kw) * (inputs + gap),
    y: Math.floor(tap / kw) * (out + gap),
  }));
  const cells = Array.from(values, (value, i) => {
    const tap = taps[i % (kh * kw)]!;
    const at = Math.floor(i / (kh * kw));
    return box(tap.x + (at % inputs), tap.y + Math.floor(at / inputs), 1, 1, value);
  });
  const frames = taps.map(({ x, y }) => box(x, y, inputs, out));
  const width = kw * (inputs + gap) - gap;
  const height = kh * (out + gap) - gap;
  const largest = Math.max(...cells.map(({ value }) => Math.abs(value))) || 1;
  return panel(
    {
      marginTop: 1,
      marginLeft: 1,
      marginRight: 1,
      marginBottom: CAPTION,
      width: 2 + Math.round(width * size),
      height: 1 + CAPTION + Math.round(height * size),
      x: { domain: [0, width], axis: null },
      y: { domain: [height, 0], axis: null },
      color: { type: "diverging", range: ["#b2182b", "#fff", "#2166ac"], domain: [-largest, largest] },
      marks: [
        Plot.rect(
          cells.filter(({ value }) => value !== 0),
          { ...BOX, fill: "value" },
        ),
        Plot.rect(frames, { ...BOX, stroke: "#888" }),
      ],
    },
    caption,
  );
}
