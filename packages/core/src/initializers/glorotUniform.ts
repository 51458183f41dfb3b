/** Glorot's uniform initialization. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { scaled } from "./varianceScaling.js";

/**
 * U(−a, a) with a = gain·√(6 / (fan_in + fan_out)). The default of Keras for kernels.
 *
 * Source: Glorot and Bengio, AISTATS 2010, Eq. 16; `torch.nn.init.xavier_uniform_`.
 *
 * @param options.gain > 0. Default 1.
 */
export function glorotUniform(options: { readonly gain?: number } = {}): Initializer {
  const params = readOptions("glorotUniform", options, { gain: [1, 0, true] });
  return scaled("glorotUniform", params, params.gain * params.gain, "fan_avg", "uniform");
}

/** Another name of {@link glorotUniform}, after the author's first name. */
export const xavierUniform = glorotUniform;
