/** The parameters of an architecture under their canonical names, in canonical layout. */
import type { Architecture, Layer } from "./architecture.js";
import { type Shape, shapes } from "./shapes.js";

/** What a parameter is; `mean` and `variance` are running statistics, which the optimizer does not touch. */
export type ParameterKind = "kernel" | "bias" | "table" | "scale" | "shift" | "mean" | "variance";

export interface ParameterInfo {
  /** `<layer>.weight`, `<layer>.bias`, `<layer>.running_mean`, `<layer>.query.weight`, ... */
  readonly name: string;
  /** Out first: `[out, in]`, `[out, in / groups, kernel, kernel]`, `[vocabulary, width]`, `[channels]`. */
  readonly shape: Shape;
  readonly kind: ParameterKind;
}

/**
 * All parameters in forward order.
 *
 * @example parameters(mlp({ features: 4, hidden: 8, layers: 2, classes: 3 }))[0] // { name: "fc1.weight", shape: [8, 4], kind: "kernel" }
 * @throws IdinitError as {@link shapes} does.
 */
export function parameters(architecture: Architecture): ParameterInfo[] {
  const known = shapes(architecture);
  return architecture.layers.flatMap((layer) => ofLayer(architecture, layer, known.get(layer.inputs[0]!)!));
}

function ofLayer(architecture: Architecture, layer: Layer, input: Shape): ParameterInfo[] {
  const own = (suffix: string, kind: ParameterKind, shape: Shape): ParameterInfo => ({
    name: `${layer.name}.${suffix}`,
    shape,
    kind,
  });
  switch (layer.op) {
    case "dense": {
      const weight = own("weight", "kernel", [layer.out, input.at(-1)!]);
      return layer.bias ? [weight, own("bias", "bias", [layer.out])] : [weight];
    }
    case "conv": {
      const weight = own("weight", "kernel", [layer.out, input[0]! / layer.groups, layer.kernel, layer.kernel]);
      return layer.bias ? [weight, own("bias", "bias", [layer.out])] : [weight];
    }
    case "batchNorm":
      return [
        own("weight", "scale", [input[0]!]),
        own("bias", "shift", [input[0]!]),
        own("running_mean", "mean", [input[0]!]),
        own("running_var", "variance", [input[0]!]),
      ];
    case "multiplier":
      return [own("weight", "scale", [1])];
    case "shift":
      return [own("bias", "bias", [1])];
    case "layerNorm":
      return [own("weight", "scale", [input.at(-1)!]), own("bias", "shift", [input.at(-1)!])];
    case "embedding": {
      const vocabulary = architecture.input.kind === "tokens" ? architecture.input.vocabulary : 0;
      return [own("weight", "table", [vocabulary, layer.width])];
    }
    case "position":
      return [own("weight", "table", input)];
    case "attention": {
      const width = input[1]!;
      return ["query", "key", "value", "out"].flatMap((part) => [
        own(`${part}.weight`, "kernel", [width, width]),
        own(`${part}.bias`, "bias", [width]),
      ]);
    }
    default:
      return [];
  }
}
