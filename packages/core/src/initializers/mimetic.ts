/** Attention weights that start as those of trained Transformers look. */
import { type Fail, failing } from "../errors.js";
import type { GenerateOptions, Initializer, Json } from "../initializer.js";
import { fillNormal } from "../random/normal.js";
import type { Stream } from "../random/stream.js";
import { checkCount, toCanonical } from "../shape.js";
import { checkNumber, readOptions } from "./check.js";
import { type Block, define, inParts } from "./define.js";
import { byRun, runOf } from "./run.js";
import { balancedFactors } from "./svd.js";

/** A product of two weights: α·Z + β·I, or α·Z − β·I for values. */
export type MimeticProduct = {
  /** Size α of the noise Z, whose entries are N(0, 1/d), >= 0. */
  readonly alpha: number;
  /** Size β of the identity, >= 0. */
  readonly beta: number;
};

/** The paper's W_Qᵀ W_K. */
export const QUERY_KEY: MimeticProduct = { alpha: 0.7, beta: 0.7 };

/** The paper's W_O W_V. */
export const VALUE_OUTPUT: MimeticProduct = { alpha: 0.4, beta: 0.4 };

/** Parameters of {@link mimetic}. */
export interface MimeticOptions {
  /** Number of heads, an integer >= 1 that divides d. */
  readonly heads: number;
  /** Name of the attention, e.g. `"blocks.0.attn"`: forks the random stream in place of the parameters' names, which the four weights share. */
  readonly attention: string;
  /** W_Qᵀ W_K of each head. Default α = β = 0.7. */
  readonly queryKey?: MimeticProduct;
  /** W_O W_V of all heads together. Default α = β = 0.4. */
  readonly valueOutput?: MimeticProduct;
}

/** Initializers of one attention's weights. They fit each other if they are given the same seed. */
export interface MimeticAttention {
  readonly query: Initializer;
  readonly key: Initializer;
  readonly value: Initializer;
  readonly output: Initializer;
  /** Query, key and value stacked along out: `parts` is 3. */
  readonly queryKeyValue: Initializer;
}

type Products = Pick<Required<MimeticOptions>, "queryKey" | "valueOutput">;

type Part = "query" | "key" | "value" | "output";

const PACKED: readonly Part[] = ["query", "key", "value"];

/**
 * Weights of one multi-head attention whose products look like those of trained Transformers.
 *
 *     W_Q,hᵀ W_K,h ≈ α·Z_h + β·I     the best approximation of rank d / heads, another Z_h for each head h
 *     W_O W_V      = α·Z − β·I       over all heads
 *
 * Both sides of each product come from a singular value decomposition M = U Σ Vᵀ, one having U Σ^½ and the other Σ^½ Vᵀ. All weights
 * are square, `[d, d]`, with head h in rows h·d/heads and on (in columns of the output). Each head of each weight costs a
 * decomposition of d × d, about 12 d³ operations.
 *
 * Source: Trockman and Kolter, "Mimetic initialization of self-attention layers", ICML 2023, 4. They also take sinusoidal
 * position embeddings.
 *
 * @throws {IdinitError} for heads that are no integer >= 1, an α or β out of range; generate throws for weights that are not square and for
 * heads that do not divide d.
 * @example
 * const { query, key } = mimetic({ heads: 3, attention: "blocks.0.attn" });
 * query.generate([192, 192], { seed: 1, key: "blocks.0.attn.q.weight" });
 * key.generate([192, 192], { seed: 1, key: "blocks.0.attn.k.weight" });
 */
export function mimetic(options: MimeticOptions): MimeticAttention {
  const who = "mimetic";
  const { heads, attention, ...products } = readOptions(who, options, {
    heads: options?.heads,
    attention: options?.attention,
    queryKey: QUERY_KEY,
    valueOutput: VALUE_OUTPUT,
  });
  const fail: Fail = failing(who);
  checkCount(fail, "heads", heads);
  if (typeof attention !== "string") fail("attention must be a string", attention);
  for (const [name, { alpha, beta }] of Object.entries(products)) {
    checkNumber(who, `${name}.alpha`, alpha, 0);
    checkNumber(who, `${name}.beta`, beta, 0);
  }

  const make = (name: string, parts: readonly Part[]): Initializer => {
    const params: Record<string, Json> = { weight: name, heads, attention, ...products };
    const fill = inParts((data, block, stream) => {
      const part = parts[block.firstRow / block.out]!;
      const d = block.in;
      const rows = rowsOf(stream, d, part, heads, products);
      store(data, block, rows, part === "output");
    });
    const run = runOf(define(who, params, "kernel", fill));
    return byRun(who, params, (shape, given, target) => {
      checkSquare(shape, given, heads, parts.length);
      return run(shape, { ...given, parts: parts.length, key: attention }, target);
    });
  };
  return {
    query: make("query", ["query"]),
    key: make("key", ["key"]),
    value: make("value", ["value"]),
    output: make("output", ["output"]),
    queryKeyValue: make("queryKeyValue", PACKED),
  };
}

function checkSquare(shape: readonly number[], options: GenerateOptions, heads: number, parts: number): void {
  const { key } = options;
  const fail: Fail = failing("mimetic", key);
  const { out, in: d, spatial, taps, groups } = toCanonical(shape, options, "mimetic", key);
  if (out !== parts * d || taps !== 1 || groups !== 1) {
    fail(`needs [out, in] with out = ${parts > 1 ? `${parts} · ` : ""}in and without groups`, [out, d, ...spatial]);
  }
  if (d % heads !== 0) fail(`heads must divide in = ${d}`, heads);
}

/** Rows of a weight, head after head; columns of the output weight. */
function rowsOf(stream: Stream, d: number, part: Part, heads: number, options: Products): Float64Array {
  const inner = part === "query" || part === "key";
  const { alpha, beta } = inner ? options.queryKey : options.valueOutput;
  const rows = new Float64Array(d * d);
  // The product of value and output is that of all heads together, behind those of the heads.
  const count = inner ? heads : 1;
  for (let head = 0; head < count; head++) {
    const product = noisyIdentity(stream, d, alpha, inner ? beta : -beta, inner ? head : heads);
    const { left, right } = balancedFactors(product, d, d / count);
    rows.set(part === "query" || part === "value" ? left : right, (head * d * d) / count);
  }
  return rows;
}

/** α·Z + β·I, with the `index`-th Z of the stream. */
function noisyIdentity(stream: Stream, d: number, alpha: number, beta: number, index: number): Float64Array {
  const matrix = fillNormal(stream, new Float64Array(d * d), { std: alpha / Math.sqrt(d), from: index * d * d });
  for (let i = 0; i < d; i++) matrix[i * (d + 1)] = matrix[i * (d + 1)]! + beta;
  return matrix;
}

function store(data: Float32Array, block: Block, rows: Float64Array, asColumns: boolean): void {
  const { base, strides, in: d, begin, end } = block;
  for (let m = begin; m < end; m++) {
    for (let j = 0; j < d; j++) {
      data[base + m * strides.out + j * strides.in] = rows[asColumns ? j * d + m : m * d + j]!;
    }
  }
}
