/** @idinit/tfjs: initializes TensorFlow.js layers models. */
import {
  type Adapter,
  type InitializeModelOptions,
  type Inspection,
  initializeModel,
  inspectModel,
} from "@idinit/core/graph";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type LayerDescriptions, toGraph } from "./graph.js";
import { read, write } from "./weights.js";

/** What this adapter takes besides core's options. */
export interface TfjsOptions {
  /** Descriptions of layer classes of your own, by class name. */
  readonly layers?: LayerDescriptions;
}

/** Options of {@link initialize} and {@link inspect}: core's (`scheme`, `seed`, `roles`, `initializers`) and `layers`. */
export type Options = InitializeModelOptions & TfjsOptions;

/** The adapter that core works with; `layers` describes layer classes of your own. */
export function tfjsAdapter({ layers = {} }: TfjsOptions = {}): Adapter<LayersModel> {
  return { name: "tfjs", toGraph: (model) => toGraph(model, layers), read, write };
}

/**
 * Initializes a model in place, each weight by its role in the network.
 *
 * Weights are called `${layer.name}/${weight}` (`"fc1/kernel"`, `"bn/gamma"`), with the names of nested models before. Every float32 weight
 * that the scheme decides is set, frozen ones too; no tensor is left behind. The present values are read synchronously
 * (`dataSync`), which tfjs's WebGPU backend cannot do in Node once they are on the device: initialize before the first use there.
 *
 * @param options Scheme (default `"idinit"`), seed (default 0), roles and initializers by weight name, descriptions of custom layers.
 * @returns The same model.
 * @throws {IdinitError} for a model without layers, a layer that cannot be interpreted (naming the override), unknown
 * names and weights that are not float32. Nothing is written then.
 * @example initialize(model, { scheme: "idinit", seed: 0 });
 */
export function initialize(model: LayersModel, options: Options = {}): LayersModel {
  const { layers, ...rest } = options;
  return initializeModel(tfjsAdapter(layers && { layers }), model, rest);
}

/**
 * Tells each weight's role, why, and what the scheme would give it; changes nothing.
 *
 * @throws {IdinitError} as {@link initialize} does.
 * @example for (const { parameter, role, reason } of inspect(model)) console.log(parameter, role, reason);
 */
export function inspect(model: LayersModel, options: Options = {}): readonly Inspection[] {
  const { layers, ...rest } = options;
  return inspectModel(tfjsAdapter(layers && { layers }), model, rest);
}

export type { LayerDescriptions } from "./graph.js";
export {
  Dirac,
  Hadamard,
  IDI,
  IDIZ,
  type InitializerClass,
  KaimingNormal,
  KaimingUniform,
  Orthogonal,
  type PlaceOptions,
  registerInitializers,
  type TfInitializer,
  XavierNormal,
  XavierUniform,
} from "./initializers.js";
export type { Call, Describe, Layer, Step, WeightUse } from "./layer.js";
export { type LsuvOptions, lsuv } from "./lsuv.js";
