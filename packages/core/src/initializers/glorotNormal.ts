/** Glorot's normal initialization. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { scaled } from "./varianceScaling.js";

/**
 * N(0, std²) with std = gain·√(2 / (fan_in + fan_out)).
 *
 * Source: Glorot and Bengio, AISTATS 2010; `torch.nn.init.xavier_normal_`.
 *
 * @param options.gain > 0. Default 1.
 * @param options.truncated Within two deviations and variance-corrected, as Keras draws it. Default false, as PyTorch.
 */
export function glorotNormal(options: { readonly gain?: number; readonly truncated?: boolean } = {}): Initializer {
  const params = readOptions("glorotNormal", options, { gain: [1, 0, true], truncated: [false, true] });
  return scaled(
    "glorotNormal",
    params,
    params.gain * params.gain,
    "fan_avg",
    params.truncated ? "truncatedNormal" : "normal",
  );
}

/** Another name of {@link glorotNormal}, after the author's first name. */
export const xavierNormal = glorotNormal;
