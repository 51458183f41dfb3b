/** Observable Plot's charts as SVG text. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Markup, raw } from "./markup.js";

/** Draws a chart. Lines and letters take the page's colours. */
export function draw(options: Plot.PlotOptions): Markup {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const chart = Plot.plot({
    ...options,
    document: document as unknown as Document,
    style: { background: "none", color: "currentColor", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
  });
  return raw(chart.outerHTML);
}
