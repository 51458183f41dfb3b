/** Convolution kernels that make a short-time Fourier transform. */
import { failing } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { checkNumber, checkOneOf, readOptions } from "./check.js";
import { define, inParts } from "./define.js";
import { cosTurn, sinTurn } from "./turn.js";

/** Windows that are sums of cosines: their coefficients, alternating in sign. */
const WINDOWS = { hann: [0.5, 0.5], hamming: [0.54, 0.46], blackman: [0.42, 0.5, 0.08] } as const;

/** Parameters of {@link stft}. */
export interface StftOptions {
  /** Which part of the complex result the kernel makes. */
  readonly side: "real" | "imag";
  /** Factor on each tap: a name, one number for each tap, or `"none"`. Default `"hann"`. */
  readonly window?: keyof typeof WINDOWS | "none" | readonly number[];
  /** What the window is divided by: the root of its sum of squares, its sum of absolute values, or nothing. Default `"density"`. */
  readonly scaling?: "density" | "spectrum" | "none";
  /** Whether a named window is one period, without the last value that equals the first. Default false. */
  readonly periodic?: boolean;
}

/**
 * The real or the imaginary part of a Fourier transform as a one-dimensional convolution, a band for each output.
 *
 *     W[k, 0, t] = w_t / s · cos(2π·t·k / N)   or   −w_t / s · sin(2π·t·k / N),   N = 2·(out − 1)
 *
 * with window w and scale s = √(Σ w²) or Σ |w|. Without a window s is 1.
 *
 * Source: `keras.initializers.STFTInitializer` (there `[taps, 1, bands]`: layout `"WIO"`).
 *
 * @throws {IdinitError} for an unknown word or a window that is not finite; generate throws for a kernel that is not one-dimensional with one
 * input and two bands or more, and for a window of another length.
 * @example stft({ side: "real" }).generate([128, 1, 513], { layout: "WIO" })
 */
export function stft(options: StftOptions): Initializer {
  const params = readOptions("stft", options, {
    side: options?.side,
    window: "hann",
    scaling: ["density", "spectrum", "none"],
    periodic: [false, true],
  });
  const { side, window, scaling, periodic } = params;
  checkOneOf("stft", "side", side, ["real", "imag"]);
  if (typeof window === "string")
    checkOneOf("stft", "window", window, [...(Object.keys(WINDOWS) as (keyof typeof WINDOWS)[]), "none"]);
  else for (const value of window) checkNumber("stft", "window", value);
  const fill = inParts((data, { out, taps, base, begin, end, strides }) => {
    const factors = window === "none" ? Array(taps).fill(1) : scaled(windowOf(window, taps, periodic), scaling);
    const bands = 2 * (out - 1);
    for (let k = begin; k < end; k++) {
      for (let t = 0; t < taps; t++) {
        const wave = side === "real" ? cosTurn(t * k, bands) : -sinTurn(t * k, bands);
        data[base + k * strides.out + t * strides.tap] = factors[t]! * wave;
      }
    }
  });
  return define("stft", params, "kernel", fill, {
    check({ out, parts, in: inputs, taps, spatial }, fail) {
      const rows = out / parts;
      if (spatial.length !== 1 || inputs !== 1 || rows < 2) {
        fail("needs [out, in, taps] with in = 1 and out >= 2", [rows, inputs, ...spatial]);
      }
      if (typeof window !== "string" && window.length !== taps) {
        fail(`window needs one number for each of ${taps} taps`, window.length);
      }
    },
  });
}

function windowOf(window: keyof typeof WINDOWS | readonly number[], taps: number, periodic: boolean): Float64Array {
  if (typeof window !== "string") return Float64Array.from(window);
  const period = periodic ? taps : taps - 1;
  if (period === 0 || taps === 1) return Float64Array.of(1);
  return Float64Array.from({ length: taps }, (_, t) =>
    WINDOWS[window].reduce((sum, a, i) => sum + (i % 2 === 0 ? a : -a) * cosTurn(i * t, period), 0),
  );
}

function scaled(window: Float64Array, scaling: "density" | "spectrum" | "none"): Float64Array {
  if (scaling === "none") return window;
  const sum = window.reduce((total, value) => total + (scaling === "density" ? value * value : Math.abs(value)), 0);
  const scale = scaling === "density" ? Math.sqrt(sum) : sum;
  if (!(scale > 0)) failing("stft")("window is 0 everywhere, so it can't be scaled");
  return window.map((value) => value / scale);
}
