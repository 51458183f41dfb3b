/** IRNN: recurrent networks that start by remembering all. */
import { readOptions } from "../initializers/check.js";
import { identity } from "../initializers/identity.js";
import { normal } from "../initializers/normal.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link irnn}. */
export interface IrnnOptions {
  /** Factor on the identity, any finite number; the paper takes 0.01 where long memory hurts. Default 1. */
  readonly gain?: number;
  /** Standard deviation of all other kernels, >= 0. Default 0.001. */
  readonly std?: number;
}

/**
 * Recurrent kernels gain·I, every other kernel N(0, std²), biases 0; embeddings left as they are. For plain recurrent layers with ReLU.
 *
 * Source: Le, Jaitly, Hinton, "A simple way to initialize recurrent networks of rectified linear units", 2015, 2 and 4.
 *
 * @throws {IdinitError} for a parameter out of range.
 * @example initialize(graph, { scheme: irnn({ gain: 0.01 }) })
 */
export function irnn(options: IrnnOptions = {}): Scheme {
  const params = readOptions("irnn", options, { gain: [1], std: [0.001, 0] });
  const { gain, std } = params;
  return byRole("irnn", params, normal({ std }), { "recurrent-hidden": identity({ gain }) }, [{ kind: "recurrent" }]);
}
