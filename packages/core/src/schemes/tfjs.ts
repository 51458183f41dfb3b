/** What TensorFlow.js layers start with when nobody initializes them. */
import { xavierNormal } from "../initializers/glorotNormal.js";
import { layersDefaults } from "./layersDefaults.js";
import type { Scheme } from "./scheme.js";

/** Standard deviation of N(0, 1) cut off at ±2: what TensorFlow.js, unlike Keras, does not divide by. */
const CUT_DEVIATION = 0.8796256610342398;

/**
 * TensorFlow.js's defaults: those of {@link keras}, but kernels are Glorot-normal, N(0, 2 / (fan_in + fan_out)) cut off at two
 * deviations without correcting for the cut, so that the deviation is 0.88 times Glorot's.
 *
 * Source: the `*Initializer` defaults of @tensorflow/tfjs-layers 4.22.
 *
 * @example initialize(graph, { scheme: "tfjs" })
 */
export function tfjs(): Scheme {
  return layersDefaults("tfjs", xavierNormal({ gain: CUT_DEVIATION, truncated: true }));
}
