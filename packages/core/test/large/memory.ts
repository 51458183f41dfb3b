/** A sink that keeps files in memory, and what plans are made of in these tests. */
import type { PlannedTensor, Sink } from "@idinit/core/large";
import { planList } from "@idinit/core/large";

/** Of a model of one Transformer layer: names, shapes and roles. */
export const LIST = [
  { name: "embedding", shape: [50, 16], role: "embedding" },
  { name: "norm.weight", shape: [16], role: "norm-scale" },
  { name: "qkv.weight", shape: [48, 16], role: "query-key-value" },
  { name: "out.weight", shape: [16, 16], role: "attention-output", layout: "IO" },
  { name: "up.weight", shape: [64, 16], role: "hidden", activation: "gelu" },
  { name: "up.bias", shape: [64], role: "bias" },
  { name: "down.weight", shape: [16, 64], role: "branch-last" },
  { name: "mixing.weight", shape: [16, 16], role: "hidden", initializer: { name: "orthogonal" } },
  { name: "conv.weight", shape: [16, 2, 3, 3], role: "hidden", groups: 8 },
] as const;

export const PLAN = planList(LIST, { scheme: "gpt2", branches: 2 });

/** The values as the initializer alone makes them. */
export function whole({ name: key, initializer, view: { shape, ...how } }: PlannedTensor, seed = 0): Float32Array {
  return initializer.generate(shape, { ...how, seed, key });
}

/** What happened, and the files' bytes by name. Fails at the write of number `failAt`. */
export function memory(failAt = Number.POSITIVE_INFINITY) {
  const files = new Map<string, Uint8Array>();
  const events: string[] = [];
  let writes = 0;
  let busy = false;
  const sink: Sink = {
    prepare: (bytes) => events.push(`prepare ${bytes}`),
    open(name) {
      events.push(`open ${name}`);
      const pieces: number[][] = [];
      return {
        async write(bytes) {
          if (busy) throw new Error("a write began before the last one had ended");
          busy = true;
          await new Promise((resolve) => setTimeout(resolve));
          // Read late: until now nobody may have touched them.
          pieces.push([...bytes]);
          busy = false;
          if (++writes === failAt) throw new Error("the disk is full");
        },
        close() {
          if (busy) throw new Error("closed while writing");
          events.push(`close ${name}`);
          files.set(name, Uint8Array.from(pieces.flat()));
        },
      };
    },
    commit: () => events.push("commit"),
    abort: (reason) => events.push(`abort: ${(reason as Error).message}`),
  };
  return { sink, files, events };
}
