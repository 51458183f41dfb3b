/** Finds nets that brain.js trains with wrong gradients, so that nobody looks for the fault in the initialization. */
import { IdinitError } from "@idinit/core";
import type { LayerNode } from "./net.js";

/**
 * Refuses layers that lose gradient. In brain.js only `Multiply` adds to the gradient of what it reads; every other layer overwrites it.
 * Layers work backwards from the last, so a value with several readers is right only where all but the last of them are products:
 * a residual branch must begin with `layer.multiply`.
 *
 * @param layers In forward order. The net's input and what comes from the time step before are not looked at.
 * @throws IdinitError naming the layer that overwrites.
 */
export function checkGradients(layers: readonly LayerNode[], nameOf: (layer: LayerNode) => string): void {
  const readers = new Map<LayerNode, LayerNode[]>();
  for (const reader of layers) {
    for (const value of [reader.inputLayer, reader.inputLayer1, reader.inputLayer2]) {
      if (value !== undefined) readers.set(value, [...(readers.get(value) ?? []), reader]);
    }
  }
  for (const [value, all] of readers) {
    if (["Input", "RecurrentZeros", "RecurrentInput"].includes(value.constructor.name)) continue;
    const last = all.at(-1) as LayerNode;
    const wrong = all.slice(0, -1).find((reader) => reader.constructor.name !== "Multiply");
    if (wrong === undefined) continue;
    throw new IdinitError(
      `brain: ${nameOf(wrong)} (${wrong.constructor.name}) overwrites the gradient that ${nameOf(value)} gets from ${nameOf(last)}, so brain.js would train the net wrongly; where a value is read twice, as by a residual branch and its sum, let all readers but the last be layer.multiply`,
    );
  }
}
