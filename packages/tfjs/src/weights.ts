/** Names, reads and writes the variables of a model. */
import { IdinitError } from "@idinit/core";
import { tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel, LayerVariable } from "@tensorflow/tfjs-layers";
import { cellsOf, directions, isContainer, type Layer, shortName, wrappedLayer } from "./layer.js";

/**
 * The variables of a layer by their names inside it: `"kernel"`; `"forward/kernel"` in a Bidirectional layer, `"cell0/kernel"` in a stack
 * of cells, `"dense_1/kernel"` in a nested model. A second weight of the same name gets `_1`, a third `_2`.
 */
export function layerVariables(layer: Layer): Map<string, LayerVariable> {
  const found = new Map<string, LayerVariable>();
  for (const [name, variable] of walk(layer)) {
    let unique = name;
    for (let i = 1; found.has(unique) && found.get(unique) !== variable; i++) unique = `${name}_${i}`;
    found.set(unique, variable);
  }
  return found;
}

/**
 * Every variable of a model by its parameter name: `${layer.name}/${weight}`, with the names of nested models before it. A variable that
 * is used under several names (a shared layer) appears once, under the first.
 *
 * @throws IdinitError if `model` is not a layers model or holds no layer.
 */
export function modelVariables(model: LayersModel): Map<string, LayerVariable> {
  if (!isContainer(model)) {
    throw new IdinitError(
      "tfjs: expected a layers model (tf.model or tf.sequential; a tf.GraphModel is frozen and cannot be initialized)",
    );
  }
  if (model.outputs.length === 0) {
    throw new IdinitError(`tfjs: model "${model.name}" has no layers yet: add them, the first one with an inputShape`);
  }
  const seen = new Set<LayerVariable>();
  const variables = new Map<string, LayerVariable>();
  for (const [name, variable] of layerVariables(model)) {
    if (seen.has(variable)) continue;
    seen.add(variable);
    variables.set(name, variable);
  }
  return variables;
}

/** The present values of a model's float32 variables, copied. */
export function read(model: LayersModel): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of modelVariables(model)) {
    if (variable.dtype === "float32") values.set(name, Float32Array.from(variable.read().dataSync()));
  }
  return values;
}

/**
 * Sets the named variables in place and leaves the others. Every name, element type and length is checked before the first write, and no
 * tensor is left behind. A variable's own constraint (`kernelConstraint`) is applied by tfjs after the write.
 *
 * @throws IdinitError for an unknown name, a variable that is not float32 or is disposed, or a wrong number of values.
 */
export function write(model: LayersModel, weights: ReadonlyMap<string, Float32Array>): LayersModel {
  const variables = modelVariables(model);
  const writes: { variable: LayerVariable; values: Float32Array }[] = [];
  for (const [name, values] of weights) {
    const variable = variables.get(name);
    if (variable === undefined) throw new IdinitError(`tfjs: model "${model.name}" has no weight "${name}"`);
    checkWritable(name, variable, values);
    writes.push({ variable, values });
  }
  for (const { variable, values } of writes) {
    // A copy: some backends keep the array they are given, and the caller's array must stay the caller's.
    tidy(() => void variable.write(tensor(values.slice(), variable.shape as number[], "float32")));
  }
  return model;
}

function checkWritable(name: string, variable: LayerVariable, values: Float32Array): void {
  if (variable.dtype !== "float32") {
    throw new IdinitError(`tfjs: weight "${name}" is ${variable.dtype}; only float32 can be set`);
  }
  if (variable.read().isDisposed) throw new IdinitError(`tfjs: weight "${name}" is disposed`);
  const size = variable.shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  if (values.length !== size) {
    throw new IdinitError(
      `tfjs: weight "${name}" of shape [${variable.shape}] needs ${size} values, got ${values.length}`,
    );
  }
}

function* walk(layer: Layer): Iterable<[string, LayerVariable]> {
  const pair = directions(layer);
  const wrapped = wrappedLayer(layer);
  const cells = cellsOf(layer);
  if (isContainer(layer)) {
    for (const child of layer.layers) yield* within(`${child.name}/`, child);
  } else if (pair !== undefined) {
    yield* within("forward/", pair.forward);
    yield* within("backward/", pair.backward);
  } else if (wrapped !== undefined) {
    yield* within("", wrapped);
  } else if (cells.length > 0) {
    for (const { cell, prefix } of cells) yield* within(prefix, cell);
  } else {
    for (const variable of layer.weights) yield [shortName(variable), variable];
  }
}

function* within(prefix: string, layer: Layer): Iterable<[string, LayerVariable]> {
  for (const [name, variable] of layerVariables(layer)) yield [prefix + name, variable];
}
