/** Weights of a model that may be larger than memory: a plan to stream to files. */
import { type PlanGraphOptions, planGraph, type WeightPlan } from "@idinit/core/large";
import { decodeModel, type ExternalData } from "@idinit/onnx";
import { toGraph } from "./graph.js";
import { inlineExternal } from "./weights.js";

/** Options of {@link plan}. */
export interface WeightPlanOptions extends PlanGraphOptions {
  /**
   * Contents of the files that the model refers to, all of them, by location. Default: none, they are not looked at. Only a head whose
   * tie to an embedding shows in the values alone (a transposed copy) can't be told without; it gets values of its own.
   */
  readonly externalData?: ExternalData;
}

/**
 * A plan of all weights of an ONNX model, by its structure: a model with external data is a small file, whatever the size of its weights.
 * `@idinit/core/large` streams the plan, or writes it as sharded safetensors.
 *
 * All values are made from nothing: embeddings and positions are N(0, 0.02²) where the scheme leaves them. A head that is a transposed copy of
 * the embedding has no entry of its own.
 *
 * @param bytes The model. It is not changed.
 * @throws OnnxError and IdinitError as `initialize` does.
 * @example await writeSafetensors(plan(await readFile("model.onnx"), { scheme: "gpt2" }), toFolder("weights"));
 */
export function plan(bytes: Uint8Array, options: WeightPlanOptions = {}): WeightPlan {
  const { externalData, ...rest } = options;
  const model = decodeModel(bytes);
  return planGraph(toGraph(externalData === undefined ? model : inlineExternal(model, externalData)), rest);
}
