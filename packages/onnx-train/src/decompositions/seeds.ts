/** The seeds of random masks. */
import type { TrainingGraph } from "../training-graph.js";

export interface Seeds {
  /** A seed for one more node: that of the step, shifted. */
  next(): string;
  /** The graph's input of the step's seed, a uint32 scalar; absent as long as no node has asked for one. */
  readonly input: string | undefined;
}

export function createSeeds(g: TrainingGraph): Seeds {
  let input: string | undefined;
  let count = 0;
  return {
    next() {
      input ??= g.input("train/seed", "uint32", []);
      count++;
      // Multiples of an odd number without a pattern: nodes of one step, and one node in following steps, do not overlap.
      return g.op("Add", [input, g.uint32(Math.imul(count, 0x632be5ab) >>> 0)]);
    },
    get input() {
      return input;
    },
  };
}
