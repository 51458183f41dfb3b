/** What Keras and TensorFlow.js layers start with when nobody initializes them. */
import { xavierUniform } from "../initializers/glorotUniform.js";
import { orthogonal } from "../initializers/orthogonal.js";
import { uniform } from "../initializers/uniform.js";
import { zeros } from "../initializers/zeros.js";
import type { Scheme } from "./scheme.js";
import { pickVector } from "./vectors.js";
import { whole } from "./whole.js";

/**
 * Keras' defaults: kernels Glorot-uniform, recurrent kernels orthogonal (both as one matrix over all gates), embeddings
 * uniform on ±0.05, PReLU slopes and biases 0, norms 1 and 0.
 *
 * Difference: Keras starts the forget gate's bias of an LSTM at 1 (`unit_forget_bias`); here the whole bias is 0, because which
 * block belongs to that gate differs from format to format.
 *
 * Source: the `*_initializer` defaults of keras.layers and tfjs-layers.
 *
 * @example initialize(graph, { scheme: "keras" })
 */
export function keras(): Scheme {
  const kernel = whole(xavierUniform());
  const recurrent = whole(orthogonal());
  const embedding = uniform({ low: -0.05, high: 0.05 });
  return {
    name: "keras",
    params: {},
    pick(site) {
      if (site.role === "embedding" || site.role === "tied-head") return embedding;
      if (site.role === "recurrent-hidden") return recurrent;
      if (site.role === "slope") return zeros();
      return pickVector(site) ?? kernel;
    },
  };
}
