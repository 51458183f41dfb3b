/** How values are distributed. */
import * as Plot from "@observablehq/plot";
import { CAPTION, type Panel, panel } from "./panel.js";

const label = (value: number) => String(value).replace("-", "−");

/** A histogram over `[-reach, reach]` with ticks at `-tick`, 0 and `tick`. */
export function histogram(values: Float32Array, [reach, tick]: readonly [number, number], caption: string): Panel {
  const bins = 33;
  const width = (2 * reach) / bins;
  const thresholds = Array.from({ length: bins + 1 }, (_, i) => -reach + i * width);
  return panel(
    {
      width: 180,
      height: 130,
      marginTop: 4,
      marginLeft: 14,
      marginRight: 14,
      marginBottom: CAPTION + 18,
      x: { domain: [-reach, reach], ticks: [-tick, 0, tick], tickFormat: label, label: null, tickSize: 3 },
      y: { axis: null },
      marks: [
        Plot.rectY(values, {
          ...Plot.binX({ y: "proportion" }, { x: (value: number) => value, thresholds }),
          fill: "#6aa2cd",
          inset: 0,
        }),
        Plot.ruleY([0], { stroke: "#999" }),
      ],
    },
    caption,
  );
}
