/** What the layers of Keras and of TensorFlow.js start with when nobody initializes them: all but the kernels is the same. */
import type { Initializer } from "../initializer.js";
import { orthogonal } from "../initializers/orthogonal.js";
import { uniform } from "../initializers/uniform.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";
import { whole } from "./whole.js";

/** Kernels as given and recurrent kernels orthogonal (both as one matrix over all gates), embeddings uniform on ±0.05, slopes 0. */
export function layersDefaults(name: string, kernels: Initializer): Scheme {
  const embedding = uniform({ low: -0.05, high: 0.05 });
  return byRole(name, {}, whole(kernels), {
    embedding,
    "tied-head": embedding,
    "recurrent-hidden": whole(orthogonal()),
    slope: zeros(),
  });
}
