/** What Keras layers start with when nobody initializes them. */
import { xavierUniform } from "../initializers/glorotUniform.js";
import { layersDefaults } from "./layersDefaults.js";
import type { Scheme } from "./scheme.js";

/**
 * Keras' defaults: kernels Glorot-uniform, recurrent kernels orthogonal (both as one matrix over all gates), embeddings
 * uniform on ±0.05, PReLU slopes and biases 0, norms 1 and 0.
 *
 * Difference: Keras starts the forget gate's bias of an LSTM at 1 (`unit_forget_bias`); here the whole bias is 0, because which
 * block belongs to that gate differs from format to format.
 *
 * Source: the `*_initializer` defaults of keras.layers. TensorFlow.js differs: see {@link tfjs}.
 *
 * @example initialize(graph, { scheme: "keras" })
 */
export function keras(): Scheme {
  return layersDefaults("keras", xavierUniform());
}
