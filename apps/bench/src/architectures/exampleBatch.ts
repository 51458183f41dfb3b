/** A batch of made-up data, for timing and for comparing engines. */
import { normal, uniform } from "@idinit/core";
import type { Batch } from "../engines/engine.js";
import type { Architecture } from "./architecture.js";
import { requireInteger } from "./check.js";
import { inputShape, shapes } from "./shapes.js";

/**
 * Standard normal features, or token sequences of different lengths filled up with padding; labels are drawn evenly.
 *
 * @param seed an integer in [0, 2^53); the same seed gives the same batch everywhere
 */
export function exampleBatch(architecture: Architecture, size: number, seed: number): Batch {
  requireInteger("exampleBatch: size", size, 1);
  const classes = shapes(architecture).get(architecture.output)![0]!;
  const shape = inputShape(architecture.input);
  const inputs =
    architecture.input.kind === "tokens"
      ? tokens(size, architecture.input.length, architecture.input.vocabulary, seed)
      : normal({ std: 1 }).generate([size, shape.reduce((a, b) => a * b, 1)], { seed, key: "inputs" });
  return { inputs, labels: integers(size, 0, classes, seed, "labels"), size };
}

/** Every sequence keeps at least half of its tokens, the first one all. */
function tokens(size: number, length: number, vocabulary: number, seed: number): Int32Array {
  const ids = integers(size * length, Math.min(1, vocabulary - 1), vocabulary, seed, "inputs");
  const lengths = integers(size, Math.ceil(length / 2), length + 1, seed, "lengths");
  lengths[0] = length;
  return ids.map((id, index) => (index % length < lengths[Math.floor(index / length)]! ? id : 0));
}

/** Integers in [from, to). */
function integers(count: number, from: number, to: number, seed: number, key: string): Int32Array {
  const unit = uniform({ low: 0, high: 1 }).generate([count, 1], { seed, key });
  return Int32Array.from(unit, (value) => Math.min(to - 1, from + Math.floor(value * (to - from))));
}
