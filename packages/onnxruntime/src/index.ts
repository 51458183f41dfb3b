/** Weight initialization of ONNX models. */
import {
  type InitializeModelOptions,
  type Inspection,
  initializeModel,
  inspectModel,
  type PlanOptions,
} from "@idinit/core";
import { decodeModel, type ExternalData, encodeModel } from "@idinit/onnx";
import { onnxAdapter } from "./adapter.js";
import { inlineExternal } from "./weights.js";

export { onnxAdapter } from "./adapter.js";

interface External {
  /** Contents of the files that the model refers to, by the location it names. The library opens no file itself. */
  readonly externalData?: ExternalData;
}

/** Options of {@link initialize}. */
export type InitializeOptions = InitializeModelOptions & External;

/** Options of {@link inspect}. */
export type InspectOptions = Omit<PlanOptions, "present"> & External;

/**
 * Initializes an ONNX model: finds the role of every weight from the graph and gives it what the scheme says. Weights are found as
 * initializers, as inputs with initializers, as Constant nodes, and behind Identity, Cast, Transpose, Slice and Concat.
 *
 * @param bytes The model. It is not changed.
 * @returns A new model's bytes, everything inline; all that is not initialized is as it was.
 * @throws OnnxError for bytes that are no model, and external data that is missing, out of bounds or outside the model's folder;
 *   IdinitError for a model without weights, an undecidable role (naming the override), weights that are not float32 or lie
 *   inside the body of a Loop, Scan or If.
 * @example const bytes = initialize(await readFile("model.onnx"), { scheme: "idinit", seed: 1 });
 */
export function initialize(bytes: Uint8Array, options: InitializeOptions = {}): Uint8Array {
  const { externalData = {}, ...rest } = options;
  return encodeModel(initializeModel(onnxAdapter, inlineExternal(decodeModel(bytes), externalData), rest));
}

/**
 * Lists every weight of an ONNX model with its role, the reason for it and what the scheme picks; changes nothing.
 *
 * @throws as {@link initialize} does.
 * @example console.log(formatInspection(inspect(await readFile("model.onnx"))))
 */
export function inspect(bytes: Uint8Array, options: InspectOptions = {}): readonly Inspection[] {
  const { externalData = {}, ...rest } = options;
  return inspectModel(onnxAdapter, inlineExternal(decodeModel(bytes), externalData), rest);
}
