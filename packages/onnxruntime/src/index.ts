/** Weight initialization of ONNX models. */
import {
  type InitializeModelOptions,
  type Inspection,
  initialize as initializeGraph,
  inspect as inspectGraph,
  type PlanOptions,
} from "@idinit/core/graph";
import { encodeModel } from "@idinit/onnx";
import { type ModelOptions, openModel } from "./open.js";
import { write } from "./weights.js";

export { onnxAdapter } from "./adapter.js";
export { type LsuvOptions, type LsuvResult, lsuv } from "./lsuv.js";
export type { ModelOptions } from "./open.js";
export type { Ort, OrtSession, OrtTensor } from "./ort.js";
export { plan, type WeightPlanOptions } from "./plan.js";

/** Options of {@link initialize}. */
export type InitializeOptions = InitializeModelOptions & ModelOptions;

/** Options of {@link inspect}. */
export type InspectOptions = Omit<PlanOptions, "present"> & ModelOptions;

/**
 * Initializes an ONNX model: finds the role of every weight from the graph and gives it what the scheme says. Weights are found as
 * initializers, as inputs with initializers, as Constant nodes, and behind Identity, Cast, Transpose, Slice and Concat.
 *
 * A scheme that needs something of the model (`fixup`, `skipinit`, `rezero`, `deepnet`, ...) refuses a model that lacks it; `rewrite: true`
 * puts it in.
 *
 * @param bytes The model. It is not changed.
 * @returns A new model's bytes, everything inline; all that is not initialized is as it was.
 * @throws OnnxError for bytes that are no model, and external data that is missing, out of bounds or outside the model's folder;
 *   IdinitError for a model without weights, an undecidable role (naming the override), something that the
 *   scheme needs and the model lacks, weights that are not float32 or lie inside the body of a Loop, Scan or If.
 * @example const bytes = initialize(await readFile("model.onnx"), { scheme: "idinit", seed: 1 });
 */
export function initialize(bytes: Uint8Array, options: InitializeOptions = {}): Uint8Array {
  const { model, translation, present } = openModel(bytes, options);
  return encodeModel(write(model, initializeGraph(translation.graph, { ...options, present }), translation));
}

/**
 * Lists every weight of an ONNX model with its role, the reason for it and what the scheme picks; changes nothing.
 *
 * @throws as {@link initialize} does.
 * @example console.log(formatInspection(inspect(await readFile("model.onnx"))))
 */
export function inspect(bytes: Uint8Array, options: InspectOptions = {}): readonly Inspection[] {
  const { translation, present } = openModel(bytes, options);
  return inspectGraph(translation.graph, { ...options, present });
}
