/** Collects layers in forward order while an architecture is written down. */
import type { Layer, LayerSpec } from "./architecture.js";

export interface LayerBuilder {
  /** Appends a layer that reads `inputs` (default: the layer before it, at first `"input"`) and returns its name. */
  add(name: string, spec: LayerSpec, inputs?: readonly string[]): string;
  /** Name of the newest layer, `"input"` before the first. */
  readonly last: string;
  readonly layers: readonly Layer[];
}

/** A builder without layers. */
export function layerBuilder(): LayerBuilder {
  const layers: Layer[] = [];
  const last = () => layers.at(-1)?.name ?? "input";
  return {
    layers,
    get last() {
      return last();
    },
    add(name, spec, inputs = [last()]) {
      layers.push({ ...spec, name, inputs });
      return name;
    },
  };
}
