/** Rows of a Jacobian, by going backwards through a dense network. */
import { IdinitError } from "@idinit/core";
import type { Architecture, Layer } from "../architectures/index.js";
import { parameter, type Values } from "./forward.js";

/**
 * `rows · d(output) / d(layer)` for one input: the chain rule from the output back to a layer.
 *
 * @param values All layers' values for that one input, from `forward`.
 * @param rows `[count, size of the output]`; the identity gives the whole Jacobian.
 * @param from The layer (or `"input"`) with respect to which is derived.
 * @returns `[count, size of that layer]`.
 * @throws IdinitError when a layer in between is no dense layer, ReLU, tanh or sum.
 */
export function pullBack(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  values: Values,
  rows: Float64Array,
  { output, from }: { readonly output: string; readonly from: string },
): Float64Array {
  const count = rows.length / values.get(output)!.length;
  const gradients = new Map<string, Float64Array>([[output, rows]]);
  const add = (name: string, gradient: Float64Array) => {
    const before = gradients.get(name);
    gradients.set(name, before ? before.map((value, index) => value + gradient[index]!) : gradient);
  };
  for (const layer of [...architecture.layers].reverse()) {
    if (layer.name === from) break;
    const gradient = gradients.get(layer.name);
    if (!gradient) continue;
    if (layer.op === "add") for (const name of layer.inputs) add(name, gradient);
    else add(layer.inputs[0]!, through(layer, gradient, values, weights, count));
  }
  return gradients.get(from) ?? new Float64Array(count * values.get(from)!.length);
}

function through(
  layer: Layer,
  gradient: Float64Array,
  values: Values,
  weights: ReadonlyMap<string, Float32Array>,
  count: number,
): Float64Array {
  const x = values.get(layer.inputs[0]!)!;
  if (layer.op === "activation" && layer.kind === "relu") {
    return gradient.map((value, index) => (x[index % x.length]! > 0 ? value : 0));
  }
  if (layer.op === "activation" && layer.kind === "tanh") {
    return gradient.map((value, index) => value * (1 - Math.tanh(x[index % x.length]!) ** 2));
  }
  if (layer.op !== "dense") {
    throw new IdinitError(`layer "${layer.name}": expected a dense layer, ReLU, tanh or sum, got ${layer.op}`);
  }
  const weight = parameter(weights, layer, "weight");
  const from = x.length;
  const result = new Float64Array(count * from);
  for (let row = 0; row < count; row++) {
    for (let m = 0; m < layer.out; m++) {
      const factor = gradient[row * layer.out + m]!;
      if (factor === 0) continue;
      for (let j = 0, at = row * from, w = m * from; j < from; j++) result[at + j]! += factor * weight[w + j]!;
    }
  }
  return result;
}
