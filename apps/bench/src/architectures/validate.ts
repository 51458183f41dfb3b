/** Whether an architecture makes sense. */
import { IdinitError } from "@idinit/core";
import type { Architecture } from "./architecture.js";
import { requireInteger } from "./check.js";
import { shapes, where } from "./shapes.js";

/**
 * Checks names, wiring and shapes, and that the output is one row of logits for each example.
 *
 * @throws IdinitError naming the architecture and the layer, what was expected and what came.
 */
export function validate(architecture: Architecture): void {
  const { name, input, layers, output } = architecture;
  for (const [key, value] of Object.entries(input)) {
    if (key !== "kind") requireInteger(`${name}: input ${key}`, value as number, 1);
  }
  const names = new Set(["input"]);
  for (const layer of layers) {
    if (names.has(layer.name) || layer.name === "") {
      throw new IdinitError(`${where(architecture, layer)}: the name is empty or taken; names need to be unique`);
    }
    names.add(layer.name);
  }
  const known = shapes(architecture);
  const logits = known.get(output);
  if (!logits || output === "input") throw new IdinitError(`${name}: the output "${output}" is not a layer`);
  if (logits.length !== 1) {
    throw new IdinitError(
      `${name}: the output "${output}" needs shape [batch, classes], got [${["batch", ...logits].join(", ")}]`,
    );
  }
  const read = new Set([output, ...layers.flatMap((layer) => layer.inputs)]);
  const unread = layers.find((layer) => !read.has(layer.name));
  if (unread) throw new IdinitError(`${where(architecture, unread)}: nothing reads it and it is not the output`);
  const usesTokens = layers.some((layer) => layer.op === "attention" || layer.op === "meanTokens");
  if (usesTokens && input.kind !== "tokens") {
    throw new IdinitError(
      `${name}: attention and meanTokens mask padding tokens, so the input needs kind "tokens", got "${input.kind}"`,
    );
  }
}
