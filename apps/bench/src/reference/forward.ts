/**
 * A plain forward pass in double precision that keeps every layer's value: what the measuring scenarios look at, and
 * an answer that owes nothing to any framework.
 */
import { IdinitError } from "@idinit/core";
import { type Architecture, inputShape, type Layer, type Shape, shapes } from "../architectures/index.js";
import { convolve } from "./convolve.js";

/** Values `[count, ...shape]` of every layer by name; `"input"` is the input. */
export type Values = ReadonlyMap<string, Float64Array>;

/**
 * Runs `count` inputs through a network of dense layers, convs, activations and sums.
 *
 * @param weights All parameters by canonical name, in canonical layout.
 * @throws IdinitError when a layer is of another kind, or a parameter is missing.
 */
export function forward(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  input: Float64Array,
  count: number,
): Values {
  const known = shapes(architecture);
  const values = new Map<string, Float64Array>([["input", input]]);
  for (const layer of architecture.layers) {
    const source = layer.inputs[0]!;
    const shape = source === "input" ? inputShape(architecture.input) : known.get(source)!;
    const inputs = layer.inputs.map((name) => values.get(name)!);
    values.set(
      layer.name,
      apply(layer, inputs, shape, count, (name) => parameter(weights, layer, name)),
    );
  }
  return values;
}

/** A parameter of a layer: `weight` or `bias`. */
export function parameter(weights: ReadonlyMap<string, Float32Array>, layer: Layer, name: string): Float32Array {
  const values = weights.get(`${layer.name}.${name}`);
  if (!values) throw new IdinitError(`layer "${layer.name}": expected a parameter "${layer.name}.${name}", got none`);
  return values;
}

function apply(
  layer: Layer,
  inputs: readonly Float64Array[],
  shape: Shape,
  count: number,
  get: (name: string) => Float32Array,
): Float64Array {
  const x = inputs[0]!;
  switch (layer.op) {
    case "dense":
      return dense(x, shape.at(-1)!, layer.out, get("weight"), layer.bias ? get("bias") : undefined);
    case "conv":
      return convolve(x, count, shape, layer, get("weight"), layer.bias ? get("bias") : undefined);
    case "activation":
      if (layer.kind === "gelu") break;
      return layer.kind === "relu" ? x.map((value) => Math.max(0, value)) : x.map(Math.tanh);
    case "add":
      return x.map((value, index) => value + inputs[1]![index]!);
    case "globalAveragePool": {
      const [channels, height, width] = shape as readonly [number, number, number];
      const plane = height * width;
      return Float64Array.from({ length: count * channels }, (_, at) => {
        let sum = 0;
        for (let i = at * plane; i < (at + 1) * plane; i++) sum += x[i]!;
        return sum / plane;
      });
    }
    case "flatten":
      return x;
    default:
      break;
  }
  const kind = layer.op === "activation" ? layer.kind : layer.op;
  throw new IdinitError(
    `layer "${layer.name}": the reference pass knows dense, conv, relu, tanh, add, globalAveragePool and flatten, got ${kind}`,
  );
}

function dense(x: Float64Array, from: number, out: number, weight: Float32Array, bias?: Float32Array): Float64Array {
  const rows = x.length / from;
  const y = new Float64Array(rows * out);
  for (let row = 0; row < rows; row++) {
    for (let m = 0; m < out; m++) {
      let sum = bias?.[m] ?? 0;
      for (let j = 0, w = m * from, v = row * from; j < from; j++) sum += weight[w + j]! * x[v + j]!;
      y[row * out + m] = sum;
    }
  }
  return y;
}
