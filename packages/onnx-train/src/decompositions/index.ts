/** Operators that training replaces by simpler ones, which then have gradients of their own. */
import { recurrentDecompositions } from "./cells.js";
import type { Decompositions } from "./decomposition.js";
import { dropoutDecompositions } from "./dropout.js";
import { einsumDecomposition } from "./einsum.js";
import { normalizationDecompositions } from "./normalization.js";
import { poolingDecompositions } from "./pooling.js";

export const decompositions: Decompositions = {
  ...normalizationDecompositions,
  ...poolingDecompositions,
  ...recurrentDecompositions,
  ...dropoutDecompositions,
  Einsum: einsumDecomposition,
};
