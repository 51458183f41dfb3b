/** The two halves of an encoder-decoder. */
import type { Branch } from "../branch.js";
import type { Wiring } from "../wiring.js";
import type { Attention } from "./attention.js";

/** See {@link findStacks}. */
export type Stack = "encoder" | "decoder";

/**
 * Which half each residual branch is in; empty where there are no halves.
 *
 * An attention looks across if its query is made within a residual branch and its key is not: then the key is made of a memory that the
 * branch does not change. The branches that lead to a memory are the encoder, all others the decoder.
 */
export function findStacks(
  wiring: Wiring,
  branches: readonly Branch[],
  { scores }: Attention,
): ReadonlyMap<Branch, Stack> {
  const memories = scores
    .filter(({ query, key }) => branches.some(({ region }) => region.has(query) && !region.has(key)))
    .map(({ key }) => key.inputs[0]!);
  if (memories.length === 0) return new Map();
  return new Map(
    branches.map((branch) => {
      const joined = branch.join.outputs[0]!;
      return [branch, memories.some((memory) => wiring.dependsOn(memory, joined)) ? "encoder" : "decoder"];
    }),
  );
}

/** Numbers of branches in each half. */
export function countStacks(stacks: Iterable<Stack>): Record<Stack, number> {
  const counts = { encoder: 0, decoder: 0 };
  for (const stack of stacks) counts[stack]++;
  return counts;
}
