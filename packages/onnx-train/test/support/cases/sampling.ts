/** Sampling of images at places. */
import { c, floats, of, p, values } from "./case.js";

/** Places inside, between the outermost elements and the edge, and outside. */
const places = [-0.61, 0.23, 0.37, -0.48, 0.11, 0.83, -0.97, -0.13, 1.34, 0.42, 0.52, -1.27];
const grid = values([1, 2, 3, 2], ...places);

export const samplingCases = of(
  "GridSample",
  c("zeros around", [p(1, 2, 3, 4), grid], undefined, { opset: 16 }),
  c("corners, border", [p(1, 2, 3, 4), grid], { align_corners: 1, padding_mode: "border" }, { opset: 16 }),
  c("nearest", [p(1, 2, 3, 4), floats([1, 2, 3, 2], ...places)], { mode: "nearest" }, { opset: 16 }),
);
