/** The contract between core and a framework: an adapter translates, core decides. */
import { failing } from "./errors.js";
import type { Graph } from "./graph/graph.js";

/**
 * Makes a framework's model readable and writable by core.
 *
 * `Model` is what the user holds (a `tf.LayersModel`, ONNX bytes, a brain.js net). `Written` is what writing returns:
 * the same model when weights are set in place, new bytes for ONNX.
 */
export interface Adapter<Model, Written = Model> {
  /** Short name for messages: `"tfjs"`, `"onnxruntime"`, `"brain"`. */
  readonly name: string;
  /** Translates the model's structure. Pure: the model is not changed. */
  toGraph(model: Model): Graph;
  /** The present values of every float32 parameter in the graph, in stored layout, by parameter name. Copies, not views. */
  read(model: Model): Map<string, Float32Array>;
  /**
   * Sets the given parameters, leaving all others as they are. All or nothing: every name and length is checked
   * before the first value is written.
   */
  write(model: Model, weights: ReadonlyMap<string, Float32Array>): Written;
}

/** @throws {IdinitError} for what is no adapter. */
export function checkAdapter(adapter: Adapter<never, unknown>): void {
  for (const method of ["toGraph", "read", "write"] as const) {
    if (typeof adapter?.[method] !== "function") failing("adapter")(`${method} must be a function`, adapter?.[method]);
  }
}
