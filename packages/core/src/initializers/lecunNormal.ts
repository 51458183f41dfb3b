/** LeCun's normal initialization. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { scaled } from "./varianceScaling.js";

/**
 * N(0, std²) with std = √(1 / fan_in).
 *
 * Source: LeCun et al., "Efficient BackProp", 1998, 4.6; `jax.nn.initializers.lecun_normal`.
 *
 * @param options.truncated Within two deviations and variance-corrected, as JAX and Keras draw it. Default false.
 */
export function lecunNormal(options: { readonly truncated?: boolean } = {}): Initializer {
  const params = readOptions("lecunNormal", options, { truncated: [false, true] });
  return scaled("lecunNormal", params, 1, "fan_in", params.truncated ? "truncatedNormal" : "normal");
}
