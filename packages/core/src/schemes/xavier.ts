/** The Xavier scheme: Glorot's initialization of every kernel. */
import { readOptions } from "../initializers/check.js";
import { xavierNormal } from "../initializers/glorotNormal.js";
import { xavierUniform } from "../initializers/glorotUniform.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link xavier}. */
export interface XavierOptions {
  /** Default `"uniform"`. */
  readonly distribution?: "uniform" | "normal";
}

/**
 * Every kernel with variance 2 / (fan_in + fan_out). Biases 0, norms 1 and 0.
 *
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, Eq. 16.
 *
 * @throws {IdinitError} for another distribution.
 * @example initialize(graph, { scheme: "xavier" })
 */
export function xavier(options: XavierOptions = {}): Scheme {
  const params = readOptions("xavier", options, { distribution: ["uniform", "normal"] });
  return byRole("xavier", params, params.distribution === "uniform" ? xavierUniform() : xavierNormal());
}
