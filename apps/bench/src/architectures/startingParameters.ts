/** Parameters before any scheme has been applied. */
import { normal } from "@idinit/core";
import type { Architecture } from "./architecture.js";
import { type ParameterKind, parameters } from "./parameters.js";

/** The constant that a kind starts from; kernels and tables are drawn instead. */
const constants: Partial<Record<ParameterKind, number>> = { bias: 0, shift: 0, mean: 0, scale: 1, variance: 1 };

/**
 * What parameters are when nobody says otherwise: norms pass through, biases are 0, kernels, embeddings and positions
 * are drawn from N(0, 0.02²), each from the stream of its own name.
 *
 * A scheme then replaces what it has a rule for.
 *
 * @param seed an integer in [0, 2^53)
 */
export function startingParameters(architecture: Architecture, seed: number): Map<string, Float32Array> {
  const draw = normal({ std: 0.02 });
  return new Map(
    parameters(architecture).map(({ name, shape, kind }) => {
      const constant = constants[kind];
      const values =
        constant === undefined
          ? draw.generate(shape, { seed, key: name })
          : new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(constant);
      return [name, values];
    }),
  );
}
