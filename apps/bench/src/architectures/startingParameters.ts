/** Parameters before any scheme has been applied. */
import { normal } from "@idinit/core";
import type { Architecture } from "./architecture.js";
import { type ParameterKind, parameters } from "./parameters.js";

/** The constant that a kind starts from; kernels and tables are drawn instead. */
const constants: Partial<Record<ParameterKind, number>> = { bias: 0, shift: 0, mean: 0, scale: 1, variance: 1 };

/**
 * What parameters are when nobody says otherwise: norms pass through, biases are 0, kernels are drawn from N(0, 0.02²),
 * embeddings and positions from N(0, 0.4²), each from the stream of its own name. 0.4 is near the spread of the GloVe vectors
 * that the papers start from (0.35 at 300 dimensions, 0.62 at 100): schemes that leave embeddings alone compare as they do there.
 *
 * A scheme then replaces what it has a rule for.
 *
 * @param seed an integer in [0, 2^53)
 */
export function startingParameters(architecture: Architecture, seed: number): Map<string, Float32Array> {
  const kernel = normal({ std: 0.02 });
  const table = normal({ std: 0.4 });
  return new Map(
    parameters(architecture).map(({ name, shape, kind }) => {
      const constant = constants[kind];
      const values =
        constant === undefined
          ? (kind === "table" ? table : kernel).generate(shape, { seed, key: name })
          : new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(constant);
      return [name, values];
    }),
  );
}
