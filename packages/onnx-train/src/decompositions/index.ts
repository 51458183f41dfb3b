/** Operators that training replaces by simpler ones, which then have gradients of their own. */

import { activationDecompositions } from "./activations.js";
import { attentionDecompositions } from "./attention.js";
import { recurrentDecompositions } from "./cells.js";
import type { Decompositions } from "./decomposition.js";
import { dropoutDecompositions } from "./dropout.js";
import { einsumDecomposition } from "./einsum.js";
import { lossDecompositions } from "./losses.js";
import { normalizationDecompositions } from "./normalization.js";
import { poolingDecompositions } from "./pooling.js";
import { samplingDecompositions } from "./sampling.js";

export const decompositions: Decompositions = {
  ...normalizationDecompositions,
  ...poolingDecompositions,
  ...recurrentDecompositions,
  ...dropoutDecompositions,
  ...activationDecompositions,
  ...lossDecompositions,
  ...attentionDecompositions,
  ...samplingDecompositions,
  Einsum: einsumDecomposition,
};
