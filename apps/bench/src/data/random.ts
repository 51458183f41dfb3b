/** A row of random numbers, drawn one after the other from a stream of core. */
import { createStream, fillNormal, fillUniform } from "@idinit/core";

export interface Random {
  /** In [low, high); default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
}

const CHUNK = 4096;

/** The numbers of one seed and one name: equal arguments give equal rows on every machine. */
export function createRandom(seed: number, name: string): Random {
  const uniform = chunked((target, from) => fillUniform(createStream(seed, `${name}.uniform`), target, { from }));
  const normal = chunked((target, from) => fillNormal(createStream(seed, `${name}.normal`), target, { from }));
  const integer = (below: number) => Math.min(below - 1, Math.floor(uniform() * below));
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * uniform(),
    normal,
    integer,
    pick: (values) => values[integer(values.length)]!,
  };
}

function chunked(fill: (target: Float64Array, from: number) => void): () => number {
  const buffer = new Float64Array(CHUNK);
  let drawn = 0;
  return () => {
    if (drawn % CHUNK === 0) fill(buffer, drawn);
    return buffer[drawn++ % CHUNK]!;
  };
}

/** The numbers 0 … count − 1 in random order (Fisher–Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
