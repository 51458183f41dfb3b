/** Names the trainable layers of `FeedForward` and `Recurrent`, which are layers like the others and have at most an id. */
import type { LayeredNet, LayerNode } from "./net.js";

/** The parameter name of each trainable layer of a built net. */
export function layerNames(net: LayeredNet): Map<LayerNode, string> {
  const layers = net.layers ?? [];
  const trainable = new Set(net._model ?? []);
  const names = new Map<LayerNode, string>();
  const taken = new Set<string>();
  const give = (layer: LayerNode | undefined, name: string): void => {
    if (layer === undefined || !trainable.has(layer) || names.has(layer)) return;
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}_${i}`;
    taken.add(unique);
    names.set(layer, unique);
  };
  const own = (layer: LayerNode): string => layer.id || layer.constructor.name.toLowerCase();
  if (net._layerSets === undefined) nameDense(layers, trainable, names, give);
  const ends = net._hiddenLayerOutputIndices ?? [];
  for (const layer of layers) {
    const index = layers.indexOf(layer);
    const hidden = ends.findIndex((end) => index <= end);
    const place = net._layerSets === undefined ? `layer${index}` : hidden < 0 ? "output" : `hidden${hidden}`;
    give(layer, `${place}.${own(layer)}`);
  }
  return names;
}

/** A product begins the next dense layer; what is added to it is the bias. */
function nameDense(
  layers: readonly LayerNode[],
  trainable: ReadonlySet<LayerNode>,
  names: ReadonlyMap<LayerNode, string>,
  give: (layer: LayerNode | undefined, name: string) => void,
): void {
  let count = 0;
  for (const layer of layers) {
    if (layer.constructor.name === "Multiply") {
      const weight = layer.inputLayer1;
      if (weight !== undefined && trainable.has(weight) && !names.has(weight)) count++;
      give(weight, `layer${count}.weight`);
    } else if (layer.constructor.name === "Add" && layer.inputLayer1?.constructor.name === "Multiply") {
      give(layer.inputLayer2, `layer${count}.bias`);
    }
  }
}
