/** What the layers of Keras and of TensorFlow.js start with when nobody initializes them: all but the kernels is the same. */
import type { Initializer } from "../initializer.js";
import { orthogonal } from "../initializers/orthogonal.js";
import { uniform } from "../initializers/uniform.js";
import { zeros } from "../initializers/zeros.js";
import type { Scheme } from "./scheme.js";
import { pickVector } from "./vectors.js";
import { whole } from "./whole.js";

/** Kernels as given and recurrent kernels orthogonal (both as one matrix over all gates), embeddings uniform on ±0.05, slopes 0. */
export function layersDefaults(name: string, kernels: Initializer): Scheme {
  const kernel = whole(kernels);
  const recurrent = whole(orthogonal());
  const embedding = uniform({ low: -0.05, high: 0.05 });
  return {
    name,
    params: {},
    pick(site) {
      if (site.role === "embedding" || site.role === "tied-head") return embedding;
      if (site.role === "recurrent-hidden") return recurrent;
      if (site.role === "slope") return zeros();
      return pickVector(site) ?? kernel;
    },
  };
}
