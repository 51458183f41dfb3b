/** Resize in its modes; operands are the input, the region of interest (none), scales and sizes. */
import type { OperatorCase } from "../operator-model.js";
import { c, floats, ints, of, p } from "./case.js";

type Attributes = NonNullable<OperatorCase["attributes"]>;

const scaled = (title: string, dims: number[], scales: number[], attributes: Attributes, opset = 13) =>
  c(title, [p(...dims), undefined, floats([scales.length], ...scales)], attributes, { opset });

const sized = (title: string, dims: number[], sizes: number[], attributes: Attributes) =>
  c(title, [p(...dims), undefined, undefined, ints(...sizes)], attributes);

const NEAREST = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
const LINEAR = { mode: "linear", coordinate_transformation_mode: "half_pixel" };

export const resizeCases = of(
  "Resize",
  scaled("nearest, doubled", [1, 2, 3, 2], [1, 1, 2, 2], NEAREST),
  scaled("nearest, doubled, one axis threefold", [1, 1, 2, 3], [1, 1, 3, 1], NEAREST),
  scaled("nearest, one dimension", [1, 2, 4], [1, 1, 2], NEAREST),
  scaled("nearest, 1.5", [1, 1, 4, 2], [1, 1, 1.5, 1.5], NEAREST),
  scaled("nearest, half pixel, prefer floor", [1, 1, 4, 5], [1, 1, 1.5, 0.6], { mode: "nearest" }),
  scaled("nearest, half pixel, ceil", [1, 1, 4, 5], [1, 1, 1.5, 1.3], { mode: "nearest", nearest_mode: "ceil" }),
  scaled("nearest, prefer ceil", [1, 1, 4, 5], [1, 1, 1.5, 1.3], {
    mode: "nearest",
    nearest_mode: "round_prefer_ceil",
  }),
  sized("nearest, sizes", [1, 1, 3, 3], [1, 1, 5, 7], NEAREST),
  scaled("linear, doubled", [1, 2, 3, 2], [1, 1, 2, 2], LINEAR),
  scaled("linear, pytorch_half_pixel", [1, 1, 3, 4], [1, 1, 2, 0.5], {
    ...LINEAR,
    coordinate_transformation_mode: "pytorch_half_pixel",
  }),
  sized("linear, align_corners", [1, 1, 3, 4], [1, 1, 5, 6], {
    ...LINEAR,
    coordinate_transformation_mode: "align_corners",
  }),
  scaled("linear, asymmetric", [1, 1, 3, 3], [1, 1, 1.5, 2], {
    ...LINEAR,
    coordinate_transformation_mode: "asymmetric",
  }),
  sized("linear, smaller", [1, 1, 6, 5], [1, 1, 4, 3], LINEAR),
  scaled("linear, three dimensions", [1, 1, 2, 2, 2], [1, 1, 2, 2, 2], LINEAR),
  scaled(
    "linear, half_pixel_symmetric, opset 19",
    [1, 1, 3, 4],
    [1, 1, 1.4, 2],
    {
      ...LINEAR,
      coordinate_transformation_mode: "half_pixel_symmetric",
    },
    19,
  ),
  c(
    "linear, axes, opset 18",
    [p(1, 1, 3, 3), undefined, floats([2], 2, 2)],
    { ...LINEAR, axes: [2, 3] },
    { opset: 18 },
  ),
  scaled("cubic", [1, 1, 4, 4], [1, 1, 2, 1.5], { ...LINEAR, mode: "cubic" }),
  scaled("cubic, outside left out", [1, 1, 4, 4], [1, 1, 2, 2], {
    ...LINEAR,
    mode: "cubic",
    exclude_outside: 1,
    cubic_coeff_a: -0.5,
  }),
);
