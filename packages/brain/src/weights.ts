/** Names, reads and writes the stored arrays of a network. */
import { IdinitError } from "@idinit/core";
import { type BrainNet, isBuilt, type Known, type LayerNode, type Matrix, recognise, type Stored } from "./net.js";

/** One stored array of a network, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  get(): Float32Array;
  set(values: Float32Array): void;
}

/**
 * Every trainable array of a built network by its parameter name.
 *
 * - dense: `layer1.weight` `[out, in]`, `layer1.bias` `[out]`; layer 0 is the input and has none
 * - `FeedForward`: the same for each product with a weight, in forward order; other trainable layers are `layer3.${id}`
 * - `recurrent.*`: brain.js's own names, as in its JSON: `input`, `hidden0.inputMatrix`, `outputConnector`, `output`
 *
 * @throws IdinitError if the network holds no weights yet.
 */
export function tensors(known: Known): Map<string, Tensor> {
  if (!isBuilt(known)) throw new IdinitError("brain: the network has no weights yet: call its initialize() first");
  const { kind, net } = known;
  const found = new Map<string, Tensor>();
  if (kind === "dense") {
    for (let layer = 1; layer < net.sizes.length; layer++) {
      const [inputs, outputs] = [net.sizes[layer - 1] as number, net.sizes[layer] as number];
      found.set(`layer${layer}.weight`, slot([outputs, inputs], net.weights, layer));
      found.set(`layer${layer}.bias`, slot([outputs], net.biases, layer));
    }
  } else if (kind === "layered") {
    for (const [layer, name] of layerNames(net.layers ?? [], net._model ?? [])) {
      found.set(name, slot([layer.height, layer.width], layer, "weights"));
    }
  } else {
    const { input, hiddenLayers, outputConnector, output } = net.model;
    if (input !== undefined) found.set("input", matrix(input));
    hiddenLayers.forEach((gates, i) => {
      for (const [name, gate] of Object.entries(gates)) found.set(`hidden${i}.${name}`, matrix(gate));
    });
    found.set("outputConnector", matrix(outputConnector));
    found.set("output", matrix(output));
  }
  return found;
}

/** The parameter names of a FeedForward net's trainable layers. A product begins the next dense layer. */
export function layerNames(layers: readonly LayerNode[], trainable: readonly LayerNode[]): Map<LayerNode, string> {
  const names = new Map<LayerNode, string>();
  const taken = new Set<string>();
  const give = (layer: LayerNode | undefined, name: string): void => {
    if (layer === undefined || !trainable.includes(layer) || names.has(layer)) return;
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}_${i}`;
    taken.add(unique);
    names.set(layer, unique);
  };
  let count = 0;
  for (const layer of layers) {
    if (layer.constructor.name === "Multiply") {
      const weight = layer.inputLayer1;
      if (weight !== undefined && trainable.includes(weight) && !names.has(weight)) count++;
      give(weight, `layer${count}.weight`);
    } else if (layer.constructor.name === "Add" && layer.inputLayer1?.constructor.name === "Multiply") {
      give(layer.inputLayer2, `layer${count}.bias`);
    }
  }
  for (const layer of trainable)
    give(layer, `layer${layers.indexOf(layer)}.${layer.id || layer.constructor.name.toLowerCase()}`);
  return names;
}

/** The present values of every parameter, copied. */
export function read(net: BrainNet): Map<string, Float32Array> {
  return new Map([...tensors(recognise(net))].map(([name, tensor]) => [name, tensor.get()]));
}

/**
 * Sets the named parameters and leaves the others. Every name and length is checked before the first write. Momentum and Adam's moments of
 * a net that has been trained stay as they are.
 *
 * @throws IdinitError for a network without weights, an unknown name, or a wrong number of values.
 */
export function write(net: BrainNet, weights: ReadonlyMap<string, Float32Array>): BrainNet {
  const all = tensors(recognise(net));
  const writes: [Tensor, Float32Array][] = [];
  for (const [name, values] of weights) {
    const tensor = all.get(name);
    if (tensor === undefined)
      throw new IdinitError(`brain: the network has no parameter "${name}"; it has ${[...all.keys()].join(", ")}`);
    const size = tensor.shape.reduce((a, b) => a * b, 1);
    if (values.length !== size) {
      throw new IdinitError(
        `brain: parameter "${name}" of shape [${tensor.shape}] needs ${size} values, got ${values.length}`,
      );
    }
    writes.push([tensor, values]);
  }
  for (const [tensor, values] of writes) tensor.set(values);
  return net;
}

/** A vector or a matrix of rows at `owner[key]`; a texture there is replaced by plain rows, which brain.js's kernels accept too. */
function slot<K extends PropertyKey>(
  shape: readonly number[],
  owner: { [key in K]: Stored | undefined },
  key: K,
): Tensor {
  const [rows = 0, columns] = shape;
  return {
    shape,
    get: () => {
      const stored = owner[key] as Stored;
      const plain = "toArray" in stored ? stored.toArray() : stored;
      const values =
        columns === undefined
          ? (plain as ArrayLike<number>)
          : Array.from(plain as ArrayLike<ArrayLike<number>>, (row) => Array.from(row)).flat();
      return Float32Array.from(values as ArrayLike<number>);
    },
    set: (values) => {
      const old = owner[key] as Stored;
      owner[key] =
        columns === undefined
          ? values.slice()
          : Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
      if ("delete" in old) old.delete?.();
    },
  };
}

function matrix(stored: Matrix): Tensor {
  // In place: the equations of a recurrent net hold on to its matrices.
  return {
    shape: [stored.rows, stored.columns],
    get: () => stored.weights.slice(),
    set: (values) => stored.weights.set(values),
  };
}
