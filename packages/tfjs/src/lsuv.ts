/** LSUV: weights scaled by what a batch of data makes of them. */
import { IdinitError } from "@idinit/core";
import { type LsuvOptions as GraphOptions, type LsuvLayer, lsuv as lsuvGraph } from "@idinit/core/graph";
import { keep, type serialization, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type LayerDescriptions, toGraph } from "./graph.js";
import { configOf, isContainer, type Layer, wrappedLayer } from "./layer.js";
import { modelVariables, read, write } from "./weights.js";

/** Options of {@link lsuv}. */
export interface LsuvOptions extends Omit<GraphOptions, "forward" | "present"> {
  /** One batch for the model: a tensor for each of its inputs, in order. Some hundred examples are enough. */
  readonly batch: Tensor | Tensor[];
  /** Descriptions of layer classes of your own, by class name. */
  readonly layers?: LayerDescriptions;
}

/** Layers whose output before the activation can be had. */
const SERVED: readonly string[] = [
  "Dense",
  "Conv1D",
  "Conv2D",
  "Conv3D",
  "Conv2DTranspose",
  "Conv3DTranspose",
  "DepthwiseConv2D",
];

/**
 * Orthonormal weights, biases 0, then layer by layer in forward order: run the batch and divide the kernel by the standard deviation of what it makes
 * before its activation, until that is 1 within the tolerance. See `lsuv` of @idinit/core/graph for the formula. The model runs in inference mode.
 *
 * Weights are set in place, all or none: after an error the model is as it was.
 *
 * @returns What became of each dense and convolution kernel, in forward order.
 * @throws {IdinitError} as `initialize` does, for a layer whose output has no variance, and for a kernel in a layer that does not show what
 * it makes (SeparableConv2D, layers of your own): leave it with `initializers: { name: "leave" }`.
 * @example const layers = await lsuv(model, { batch: images });
 */
export async function lsuv(model: LayersModel, options: LsuvOptions): Promise<readonly LsuvLayer[]> {
  const { batch, layers: descriptions = {}, ...rest } = options;
  const graph = toGraph(model, descriptions);
  const present = read(model);
  const owners = ownersOf(model);
  const twins = new Map<Layer, Layer>();
  try {
    const { weights: made, layers } = await lsuvGraph(graph, {
      ...rest,
      present,
      forward: async (weights, { parameter }) => {
        write(model, weights);
        const layer = ownerOf(owners, parameter);
        const twin = twins.get(layer) ?? linearTwin(layer);
        twins.set(layer, twin);
        const output = tidy(() => twinOutput(twin, layer, inputOf(model, layer, batch)));
        try {
          return await output.data();
        } finally {
          output.dispose();
        }
      },
    });
    write(model, made);
    return layers;
  } catch (error) {
    write(model, present);
    throw error;
  } finally {
    for (const { weights } of twins.values()) for (const variable of weights) variable.dispose();
  }
}

/** The layer that holds each variable, by the variable's parameter name. */
function ownersOf(model: LayersModel): Map<string, Layer> {
  const leaves: Layer[] = [];
  const visit = (layer: Layer) => {
    const inner = wrappedLayer(layer);
    if (isContainer(layer)) layer.layers.forEach(visit);
    else if (inner !== undefined) visit(inner);
    else leaves.push(layer);
  };
  model.layers.forEach(visit);
  const owners = new Map<string, Layer>();
  for (const [name, variable] of modelVariables(model)) {
    const owner = leaves.find(({ weights }) => weights.includes(variable));
    if (owner !== undefined) owners.set(name, owner);
  }
  return owners;
}

function ownerOf(owners: ReadonlyMap<string, Layer>, parameter: string): Layer {
  const layer = owners.get(parameter);
  if (layer !== undefined && SERVED.includes(layer.getClassName())) return layer;
  throw new IdinitError(
    `lsuv: what "${parameter}" makes cannot be had from a layer of class ${layer?.getClassName() ?? "unknown"}; expected one of ` +
      `${SERVED.join(", ")}, or initializers: { "${parameter}": "leave" }`,
  );
}

/** A layer of the same shape without activation: it makes what the layer makes before its own. */
function linearTwin(layer: Layer): Layer {
  const dropped = Object.keys(configOf(layer)).filter((key) => /(Regularizer|Constraint)$/.test(key));
  const Class = layer.constructor as serialization.SerializableConstructor<Layer>;
  return Class.fromConfig(Class, {
    ...(layer.getConfig() as serialization.ConfigDict),
    ...Object.fromEntries(dropped.map((key) => [key, null])),
    kernelInitializer: "zeros",
    biasInitializer: "zeros",
    depthwiseInitializer: "zeros",
    activation: "linear",
  });
}

/** What the layer reads where the model uses it first. */
function inputOf(model: LayersModel, layer: Layer, batch: Tensor | Tensor[]): Tensor {
  let input: Tensor | undefined;
  const { call } = layer;
  // On the instance: not every class of layers tells a call hook of its calls.
  layer.call = (inputs, kwargs) => {
    // Kept past the model's own clean-up.
    input ??= keep((Array.isArray(inputs) ? inputs[0]! : inputs).clone());
    return call.call(layer, inputs, kwargs);
  };
  try {
    const [first] = Array.isArray(batch) ? batch : [batch];
    model.predict(batch, { batchSize: first!.shape[0]! });
  } finally {
    layer.call = call;
  }
  return input!;
}

function twinOutput(twin: Layer, layer: Layer, input: Tensor): Tensor {
  try {
    if (!twin.built) twin.build(input.shape);
    twin.setWeights(layer.getWeights());
    return twin.apply(input) as Tensor;
  } finally {
    input.dispose();
  }
}
