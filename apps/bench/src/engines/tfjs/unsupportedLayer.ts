import type { Architecture } from "../../architectures/architecture.js";
import { shapes } from "../../architectures/shapes.js";

/** Which layer the engine cannot run, or `undefined`. */
export function unsupportedLayer(architecture: Architecture): string | undefined {
  const known = shapes(architecture);
  for (const layer of architecture.layers) {
    if (layer.op !== "conv" || layer.groups === 1) continue;
    const [channels] = known.get(layer.inputs[0]!)!;
    if (layer.groups !== channels) {
      return `layer "${layer.name}": TensorFlow.js has no convolution in ${layer.groups} groups of ${channels} channels`;
    }
  }
  return undefined;
}
