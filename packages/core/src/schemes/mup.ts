/** The initial values of the maximal update parametrization. */
import type { Site } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { normal } from "../initializers/normal.js";
import { varianceScaling } from "../initializers/varianceScaling.js";
import { zeros } from "../initializers/zeros.js";
import { toCanonical } from "../shape.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link mup}. */
export interface MupOptions {
  /** Factor on every standard deviation, > 0. Default 1. */
  readonly gain?: number;
  /** Inputs of the head at which it has the usual variance 1 / fan_in, >= 1: the width that was tuned. Default 1, the plain 1 / fan_in². */
  readonly baseWidth?: number;
  /** `"zero"` starts the head and the query projections at 0, as the paper advises for transfer from narrow networks. Default `"random"`. */
  readonly readout?: "random" | "zero";
}

/**
 * Kernels N(0, gain² / fan_in), but the head N(0, gain²·baseWidth / fan_in²). Biases 0, norms 1 and 0, embeddings left as they are: their
 * deviation does not depend on the width.
 *
 * The initial values are one part of muP. The others are up to training: learning rates (Adam: hidden weights and the head ∝ 1 / fan_in;
 * embeddings, input weights and vectors unscaled) and attention scores scaled by 1 / d in place of 1 / √d.
 *
 * Source: Yang et al., "Tensor programs V", 2022, table 3 and D.2.
 *
 * @throws {IdinitError} for a parameter out of range.
 * @example initialize(graph, { scheme: mup({ baseWidth: 256, readout: "zero" }) })
 */
export function mup(options: MupOptions = {}): Scheme {
  const params = readOptions("mup", options, { gain: [1, 0, true], baseWidth: [1, 1], readout: ["random", "zero"] });
  const { gain, baseWidth, readout } = params;
  const kernel = varianceScaling({ scale: gain * gain });
  const head = ({ shape, layout, groups, transposed, parameter }: Site) => {
    const { fanIn } = toCanonical(shape, { layout, groups, transposed }, "mup", parameter);
    return normal({ std: (gain * Math.sqrt(baseWidth)) / fanIn });
  };
  return byRole("mup", params, kernel, readout === "zero" ? { head: zeros(), query: zeros() } : { head });
}
