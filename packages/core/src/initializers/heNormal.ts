/** He's normal initialization. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { HE_OPTIONS, type HeOptions, he } from "./he.js";

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
  const params = readOptions("heNormal", options, { ...HE_OPTIONS, truncated: [false, true] });
  return he("heNormal", params, params.truncated ? "truncatedNormal" : "normal");
}

/** Another name of {@link heNormal}, after the author's first name. */
export const kaimingNormal = heNormal;
