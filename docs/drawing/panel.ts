/** Observable Plot's charts as panels of a picture. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** A chart within a picture. */
export interface Panel {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** How far the caption sticks out on either side. */
  readonly overhang: number;
}

/** Room below a chart for its caption. */
export const CAPTION = 22;

const FONT = 11;

/** Draws a chart of a given size with a caption below. */
export function panel(
  options: Plot.PlotOptions & { readonly width: number; readonly height: number },
  caption: string,
): Panel {
  const { width, height, marks = [] } = options;
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const text = Plot.text([caption], {
    frameAnchor: "bottom",
    lineAnchor: "top",
    dy: (options.marginBottom ?? 0) - CAPTION + 8,
    fontSize: FONT,
  });
  const chart = Plot.plot({ ...options, marks: [...marks, text], document: document as unknown as Document });
  chart.querySelector("style")?.remove();
  const overhang = Math.max(0, Math.ceil((caption.length * 0.58 * FONT - width) / 2));
  return { svg: compact(chart.outerHTML), width, height, overhang };
}

/** Panels side by side on white, as the text of an SVG file. */
export function picture(panels: readonly Panel[]): string {
  const gap = 16;
  const bottom = 6;
  const height = Math.max(...panels.map((panel) => panel.height)) + gap + bottom;
  let x = gap;
  const placed = panels.map((panel) => {
    // Captions are on one line.
    const at = [x + panel.overhang, height - bottom - panel.height];
    x += panel.width + 2 * panel.overhang + gap;
    return `<g transform="translate(${at})">${panel.svg}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${height}" viewBox="0 0 ${x} ${height}" shape-rendering="crispEdges">`,
    '<rect width="100%" height="100%" rx="6" fill="#fff"/>',
    ...placed,
    "</svg>",
    "",
  ].join("\n");
}

/** The same in fewer bytes: short colours, coordinates to a hundredth, no empty elements, no attributes without effect. */
function compact(svg: string): string {
  return svg
    .replace(/rgb\((\d+), (\d+), (\d+)\)/g, (_, ...rgb: string[]) => `#${rgb.slice(0, 3).map(hex).join("")}`)
    .replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
    .replace("<svg ", '<svg overflow="visible" ')
    .replace(/ (class|xmlns|xmlns:xlink|aria-[a-z]+)="[^"]*"/g, "")
    .replace(/ ?><\/(rect|path|line)>/g, "/>");
}

const hex = (channel: string) => Number(channel).toString(16).padStart(2, "0");
