/** The pictures of docs/initializers.md, by name. */
import {
  constant,
  deltaOrthogonal,
  dirac,
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  type Initializer,
  identity,
  idi,
  idiz,
  lecunNormal,
  lecunUniform,
  mimetic,
  normal,
  ones,
  orthogonal,
  sparse,
  stft,
  truncatedNormal,
  uniform,
  varianceScaling,
  zeros,
} from "@idinit/core";
import { heatMap, tapMap } from "./heatMap.js";
import { histogram } from "./histogram.js";
import { type Panel, picture } from "./panel.js";
import { product } from "./product.js";

type Matrix = readonly [number, number];

const OPTIONS = { seed: 1, key: "w" };

const matrix = (initializer: Initializer, shape: Matrix, caption: string): Panel =>
  heatMap(initializer.generate(shape, OPTIONS), shape, `${caption}${shape[0]} × ${shape[1]}`);

/** A kernel as the matrix `[out, in·K]`. */
const flattened = (
  initializer: Initializer,
  shape: readonly [number, number, number, number],
  caption: string,
): Panel => heatMap(initializer.generate(shape, OPTIONS), [shape[0], shape[1] * shape[2] * shape[3]], caption);

const spread = (initializer: Initializer, shape: readonly number[], [reach, tick]: Matrix, caption: string): Panel =>
  histogram(initializer.generate(shape, OPTIONS), [reach, tick], caption);

const WIDE: Matrix = [512, 128];
const TALL: Matrix = [128, 512];

const PANELS: Readonly<Record<string, () => Panel[]>> = {
  constant: () => [
    matrix(zeros(), [5, 5], "zeros, "),
    matrix(ones(), [5, 5], "ones, "),
    matrix(constant(-1), [5, 5], "constant(−1), "),
  ],
  "uniform-normal": () => [
    matrix(uniform({ low: -0.05, high: 0.05 }), [6, 6], "uniform, "),
    spread(uniform({ low: -0.05, high: 0.05 }), [256, 256], [0.08, 0.05], "U(−0.05, 0.05)"),
    matrix(normal({ std: 0.02 }), [6, 6], "normal, "),
    spread(normal({ std: 0.02 }), [256, 256], [0.08, 0.05], "N(0, 0.02²)"),
  ],
  "truncated-normal": () => [
    spread(truncatedNormal({ low: -1, high: 2 }), [256, 256], [3, 2], "low −1, high 2"),
    spread(truncatedNormal({ bounds: "std" }), [256, 256], [3, 2], 'bounds "std"'),
    spread(truncatedNormal({ bounds: "std", corrected: true }), [256, 256], [3, 2], "corrected"),
  ],
  "variance-scaling": () => [
    spread(varianceScaling({ distribution: "normal" }), [512, 128], [0.3, 0.2], "normal"),
    spread(varianceScaling({ distribution: "uniform" }), [512, 128], [0.3, 0.2], "uniform"),
    spread(varianceScaling({ distribution: "truncatedNormal" }), [512, 128], [0.3, 0.2], "truncatedNormal"),
  ],
  glorot: () => [
    spread(glorotUniform(), WIDE, [0.25, 0.2], "uniform, 512 × 128"),
    spread(glorotUniform(), TALL, [0.25, 0.2], "uniform, 128 × 512"),
    spread(glorotNormal(), TALL, [0.25, 0.2], "normal, 128 × 512"),
  ],
  he: () => [
    spread(heNormal(), WIDE, [0.4, 0.2], "fan_in, 512 × 128"),
    spread(heNormal(), TALL, [0.4, 0.2], "fan_in, 128 × 512"),
    spread(heNormal({ mode: "fan_out" }), TALL, [0.4, 0.2], "fan_out, 128 × 512"),
  ],
  lecun: () => [
    spread(lecunUniform(), WIDE, [0.3, 0.2], "uniform, 512 × 128"),
    spread(lecunNormal(), WIDE, [0.3, 0.2], "normal, 512 × 128"),
    spread(lecunNormal({ truncated: true }), WIDE, [0.3, 0.2], "truncated, 512 × 128"),
  ],
  orthogonal: () => {
    const w = orthogonal().generate([6, 10], OPTIONS);
    return [matrix(orthogonal(), [6, 10], "W, "), heatMap(product(w, w, [6, 10, 6], "W Vᵀ"), [6, 6], "W Wᵀ")];
  },
  "delta-orthogonal": () => [
    tapMap(deltaOrthogonal().generate([6, 4, 3, 3], OPTIONS), [6, 4, 3, 3], "6 × 4 × 3 × 3, by tap"),
  ],
  sparse: () => [matrix(sparse({ sparsity: 0.75 }), [12, 10], "sparsity 0.75, ")],
  identity: () => [
    matrix(identity(), [6, 6], "identity, "),
    matrix(identity(), [4, 7], ""),
    matrix(identity(), [7, 4], ""),
    tapMap(dirac().generate([4, 4, 3, 3]), [4, 4, 3, 3], "dirac, by tap"),
  ],
  hadamard: () => [matrix(hadamard(), [5, 7], ""), matrix(hadamard(), [8, 3], ""), matrix(hadamard(), [9, 8], "")],
  idi: () => [matrix(idi(), [6, 6], ""), matrix(idi(), [5, 9], ""), matrix(idi(), [9, 4], "")],
  idic: () => [
    flattened(idi(), [6, 2, 3, 3], 'taps "patch", 6 × 2·9'),
    flattened(idi({ taps: "centre" }), [6, 2, 3, 3], 'taps "centre", 6 × 2·9'),
  ],
  idiz: () => [matrix(idiz(), [6, 6], ""), matrix(idiz(), [4, 9], ""), matrix(idiz(), [9, 4], "")],
  idizc: () => [
    flattened(idiz(), [6, 2, 3, 3], 'taps "patch", 6 × 2·9'),
    flattened(idiz({ taps: "centre" }), [6, 2, 3, 3], 'taps "centre", 6 × 2·9'),
  ],
  mimetic: () => {
    const size = 8;
    const shape = [size, size] as const;
    const attention = mimetic({ heads: 1, attention: "attn" });
    const [q, k, v, o] = (["query", "key", "value", "output"] as const).map((name) =>
      attention[name].generate(shape, OPTIONS),
    );
    return [
      heatMap(product(q!, k!, [size, size, size], "WᵀV"), shape, "W_Qᵀ W_K, d = 8"),
      heatMap(product(o!, v!, [size, size, size], "W V"), shape, "W_O W_V, d = 8"),
    ];
  },
  stft: () => [
    heatMap(stft({ side: "real" }).generate([5, 1, 13]), [5, 13], "real, 5 bands, 13 taps"),
    heatMap(stft({ side: "imag" }).generate([5, 1, 13]), [5, 13], "imaginary"),
  ],
};

export const PICTURE_NAMES: readonly string[] = Object.keys(PANELS);

/** The text of an SVG file. */
export function drawPicture(name: string): string {
  return picture(PANELS[name]!());
}
