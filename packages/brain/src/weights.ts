/** Names, reads and writes the stored arrays of a network. */
import { IdinitError } from "@idinit/core";
import { layerNames } from "./names.js";
import { type BrainNet, isBuilt, type Known, type Matrix, recognise, type Stored } from "./net.js";

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
 * - `Recurrent`: by hidden layer and the layers' ids: `hidden0.transition`, `output.outputGate`
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
    for (const [layer, name] of layerNames(net)) {
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
  const known = recognise(net);
  const all = tensors(known);
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
  // Made of the old weights; the next train() makes it anew.
  if (known.kind === "dense" && known.autoencoder !== undefined) known.autoencoder.decoder = undefined;
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
