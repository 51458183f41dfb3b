/** He's uniform initialization. */
import type { Initializer } from "../initializer.js";
import { readOptions } from "./check.js";
import { HE_OPTIONS, type HeOptions, he } from "./he.js";

/**
 * U(−a, a) with a = gain·√(3 / fan).
 *
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015; `torch.nn.init.kaiming_uniform_`.
 *
 * @throws {IdinitError} for an unknown mode or non-linearity.
 * @example heUniform({ nonlinearity: "leakyRelu", slope: Math.sqrt(5) }) // what PyTorch's Linear and Conv layers draw
 */
export function heUniform(options: HeOptions = {}): Initializer {
  return he("heUniform", readOptions("heUniform", options, HE_OPTIONS), "uniform");
}

/** Another name of {@link heUniform}, after the author's first name. */
export const kaimingUniform = heUniform;
