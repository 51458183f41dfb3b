import type { Architecture, Layer } from "../../architectures/architecture.js";

/** One thing to run: a layer, or a batch norm together with the ReLU that is its only reader. */
export interface Step {
  readonly layer: Layer;
  readonly relu: boolean;
  /** Name of the value it makes: the layer's, or the ReLU's. */
  readonly name: string;
}

export function steps(architecture: Architecture): Step[] {
  const readers = new Map<string, Layer[]>();
  for (const layer of architecture.layers) {
    for (const input of layer.inputs) readers.set(input, [...(readers.get(input) ?? []), layer]);
  }
  const followingRelu = (layer: Layer): Layer | undefined => {
    const [reader, ...others] = readers.get(layer.name) ?? [];
    if (layer.op !== "batchNorm" || layer.name === architecture.output || others.length > 0) return undefined;
    return reader?.op === "activation" && reader.kind === "relu" ? reader : undefined;
  };
  const absorbed = new Set(architecture.layers.map(followingRelu));
  return architecture.layers
    .filter((layer) => !absorbed.has(layer))
    .map((layer) => {
      const relu = followingRelu(layer);
      return { layer, relu: relu !== undefined, name: relu?.name ?? layer.name };
    });
}
