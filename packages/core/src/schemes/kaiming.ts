/** The Kaiming scheme: He's normal initialization with each weight's own gain. */
import { readOptions } from "../initializers/check.js";
import { kaimingNormal } from "../initializers/heNormal.js";
import { nonlinearityOf } from "./activationGain.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link kaiming}. */
export interface KaimingOptions {
  /** Which fan divides the variance. Default `"fan_in"`; torchvision's ResNets use `"fan_out"`. */
  readonly mode?: "fan_in" | "fan_out";
}

/**
 * Every kernel N(0, gain² / fan), with the gain of the non-linearity behind it (ReLU and its smooth relatives √2, tanh 5/3,
 * none 1). Biases 0, norms 1 and 0.
 *
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015, Eq. 10 and 14.
 *
 * @example initialize(graph, { scheme: kaiming({ mode: "fan_out" }) })
 */
export function kaiming(options: KaimingOptions = {}): Scheme {
  const params = readOptions("kaiming", options, { mode: ["fan_in", "fan_out"] });
  return byRole("kaiming", params, ({ activation }) => kaimingNormal({ ...params, ...nonlinearityOf(activation) }));
}
