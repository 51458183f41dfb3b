/** Glorot's normal initialization. */
import type { Initializer } from "../initializer.js";
import { checkNumber, checkOneOf, checkOptions } from "./check.js";
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
  checkOptions("glorotNormal", options, "gain", "truncated");
  const gain = checkNumber("glorotNormal", "gain", options.gain ?? 1, { minimum: 0, open: true });
  const truncated = checkOneOf("glorotNormal", "truncated", options.truncated ?? false, [true, false]);
  const distribution = truncated ? "truncatedNormal" : "normal";
  return scaled("glorotNormal", { gain, truncated }, { scale: gain * gain, mode: "fan_avg", distribution });
}

/** Another name of {@link glorotNormal}, after the author's first name. */
export const xavierNormal = glorotNormal;
