/** He's normal initialization. */
import type { Initializer } from "../initializer.js";
import { checkOneOf, checkOptions } from "./check.js";
import { type HeOptions, heOptions } from "./he.js";
import { scaled } from "./varianceScaling.js";

/**
 * N(0, std²) with std = gain / √fan.
 *
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015, Eq. 10 and 14; `torch.nn.init.kaiming_normal_`.
 *
 * @param options.truncated Within two deviations and variance-corrected, as Keras draws it. Default false, as PyTorch.
 * @throws {IdinitError} for an unknown mode or non-linearity.
 * @example heNormal({ mode: "fan_out" }).generate([64, 3, 7, 7], { seed: 1, key: "conv1.weight" })
 */
export function heNormal(options: HeOptions & { readonly truncated?: boolean } = {}): Initializer {
  checkOptions("heNormal", options, "mode", "nonlinearity", "slope", "truncated");
  const { params, scale } = heOptions("heNormal", options);
  const truncated = checkOneOf("heNormal", "truncated", options.truncated ?? false, [true, false]);
  const distribution = truncated ? "truncatedNormal" : "normal";
  return scaled("heNormal", { ...params, truncated }, { scale, mode: params.mode, distribution });
}

/** Another name of {@link heNormal}, after the author's first name. */
export const kaimingNormal = heNormal;
