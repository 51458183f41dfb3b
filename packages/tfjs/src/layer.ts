/** The few facts about tfjs-layers that this package relies on, in one place, with the types that tfjs does not export. */
import type { Json } from "@idinit/core";
import type { GraphNode, Op, ParameterUse, Slot } from "@idinit/core/graph";
import type { LayersModel, LayerVariable, layers, SymbolicTensor } from "@tensorflow/tfjs-layers";

/** Any layer: `tf.layers.Layer`. */
export type Layer = layers.Layer;

/** A model used as a layer. Told by its parts and not by `instanceof`, so that two copies of tfjs-layers do no harm. */
export type Container = Pick<LayersModel, "layers" | "inputs" | "outputs" | "name"> & Layer;

/** A recurrent cell, or a stack of them. */
type Cell = Layer & { readonly cells?: readonly Layer[] };

/** How one weight of a layer is used: a {@link ParameterUse} that names the weight as the layer does. */
export interface WeightUse extends Omit<ParameterUse, "parameter"> {
  /** The weight's short name in its layer: `"kernel"`, `"bias"`; `"forward/kernel"` in a bidirectional layer. */
  readonly weight: string;
}

/** One neutral operation of a layer. A layer is described by a list of them, in forward order; the last one makes the layer's output. */
export interface Step {
  readonly op: Op;
  /** For later steps to refer to. */
  readonly id?: string;
  /** Values read: a number is an input of the layer (0-based), a string the `id` of an earlier step. Default: the previous step, or input 0. */
  readonly inputs?: readonly (number | string)[];
  readonly slots?: Readonly<Partial<Record<Slot, WeightUse>>>;
  readonly attributes?: NonNullable<GraphNode["attributes"]>;
}

/** One use of a layer in the model. */
export interface Call {
  /** Number of values the layer reads. */
  readonly inputs: number;
  /** Their shapes, the batch axis first; null where a size is open. */
  readonly shapes: readonly (readonly (number | null)[])[];
}

/** Describes what a layer does in neutral operations; `undefined` where it cannot tell. */
export type Describe = (layer: Layer, call: Call) => readonly Step[] | undefined;

/** Whether a layer is a model (`tf.model`, `tf.sequential`). */
export function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  const parts = value as Partial<Container>;
  return Array.isArray(parts.layers) && Array.isArray(parts.inputs) && Array.isArray(parts.outputs);
}

/** The layer's configuration: the public way to its arguments, defaults filled in. */
export function configOf(layer: Layer): Readonly<Record<string, Json>> {
  return layer.getConfig() as Record<string, Json>;
}

/** The layer inside a TimeDistributed wrapper. */
export function wrappedLayer(layer: Layer): Layer | undefined {
  return layer.getClassName() === "TimeDistributed" ? (layer as Layer & { layer: Layer }).layer : undefined;
}

/** The two directions of a Bidirectional wrapper. */
export function directions(layer: Layer): { forward: Layer; backward: Layer } | undefined {
  if (layer.getClassName() !== "Bidirectional") return undefined;
  const both = layer as Layer & { forwardLayer: Layer; backwardLayer: Layer };
  return { forward: both.forwardLayer, backward: both.backwardLayer };
}

/** The cells of a recurrent layer, each with the prefix of its weights' names (`""` where there is one cell). */
export function cellsOf(layer: Layer): readonly { cell: Layer; prefix: string }[] {
  const cell = (layer as Layer & { cell?: Cell }).cell;
  if (cell === undefined || typeof cell.getClassName !== "function") return [];
  if (cell.cells === undefined) return [{ cell, prefix: "" }];
  return cell.cells.map((each, i) => ({ cell: each, prefix: `cell${i}/` }));
}

/** The layers that a layer keeps in its own properties, alone or in arrays. */
export function heldLayers(layer: Layer): readonly Layer[] {
  const isLayer = (value: unknown): value is Layer =>
    typeof value === "object" &&
    value !== null &&
    "getClassName" in value &&
    "weights" in value &&
    "inboundNodes" in value;
  return Object.values(layer).flat().filter(isLayer);
}

/** The node of the layer graph that made a value. */
export function producer(tensor: SymbolicTensor): Layer["inboundNodes"][number] | undefined {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex];
}

/** A weight's short name. tfjs puts the scopes it was built in before it, and those count up with every model made. */
export function shortName(variable: LayerVariable): string {
  return variable.originalName.split("/").at(-1) ?? variable.originalName;
}

/** The layer's own weight of that short name. */
export function weightOf(layer: Layer, name: string): LayerVariable | undefined {
  return layer.weights.find((variable) => shortName(variable) === name);
}
