/** LeCun's uniform initialization. */
import type { Initializer } from "../initializer.js";
import { scaled } from "./varianceScaling.js";

/**
 * U(−a, a) with a = √(3 / fan_in).
 *
 * Source: LeCun et al., "Efficient BackProp", 1998, 4.6; `jax.nn.initializers.lecun_uniform`.
 */
export function lecunUniform(): Initializer {
  return scaled("lecunUniform", {}, 1, "fan_in", "uniform");
}
