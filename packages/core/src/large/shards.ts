/** Which file of a sharded model holds which tensor. */
import { elementsOf, type PlannedTensor, type WeightPlan } from "./weightPlan.js";

/** One file. */
export interface Shard {
  readonly file: string;
  readonly tensors: readonly PlannedTensor[];
}

/**
 * Fills one file after the other with tensors in the plan's order; a tensor is never divided, and one larger than `shardBytes` has a file
 * of its own. The files are `<name>.safetensors` where there is one, and `<name>-00001-of-0000N.safetensors` where there are several.
 *
 * @param width Bytes of an element.
 */
export function shardsOf(plan: WeightPlan, width: number, shardBytes: number, name: string): Shard[] {
  const groups: PlannedTensor[][] = [];
  let room = 0;
  for (const tensor of plan) {
    const bytes = elementsOf(tensor) * width;
    if (bytes > room || groups.length === 0) {
      groups.push([]);
      room = shardBytes;
    }
    groups.at(-1)!.push(tensor);
    room -= bytes;
  }
  const number = (index: number) => String(index).padStart(5, "0");
  return groups.map((tensors, i) => ({
    file:
      groups.length === 1 ? `${name}.safetensors` : `${name}-${number(i + 1)}-of-${number(groups.length)}.safetensors`,
    tensors,
  }));
}

/** The text of `<name>.safetensors.index.json`: the size of all tensors in bytes, and the file of each, sorted by name. */
export function indexOf(shards: readonly Shard[], totalSize: number): string {
  // Written line by line: an object would put names that look like integers first and lose "__proto__".
  const lines = shards
    .flatMap(({ file, tensors }) => tensors.map(({ name }) => [name, file] as const))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`);
  return `{\n  "metadata": {\n    "total_size": ${totalSize}\n  },\n  "weight_map": {\n${lines.join(",\n")}\n  }\n}\n`;
}
