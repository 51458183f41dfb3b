/** A Transformer encoder that classifies token sequences. */
import type { Architecture } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { requireInteger } from "./check.js";
import { validate } from "./validate.js";

export interface TransformerOptions {
  readonly classes: number;
  /** Tokens of a sequence; shorter ones are filled up with id 0. */
  readonly length: number;
  /** Token ids are in [0, vocabulary). */
  readonly vocabulary: number;
  /** Default 2. */
  readonly layers?: number;
  /** Default 4; divides `width`. */
  readonly heads?: number;
  /** Default 64. */
  readonly width?: number;
  /** Width inside the feed-forward part. Default 4 × `width`. */
  readonly feedForward?: number;
}

/**
 * Pre-LN Transformer classifier: embedding + learned positions, blocks `x + attention(norm(x))` and
 * `x + W2 gelu(W1 norm(x))` (Xiong et al. 2020), a last norm, the mean over tokens that are no padding, a dense head.
 *
 * Layer norm has epsilon 1e-5; there is no dropout.
 *
 * @throws IdinitError when a number is out of range or the heads do not divide the width.
 */
export function transformer(options: TransformerOptions): Architecture {
  const { classes, length, vocabulary, layers = 2, heads = 4, width = 64, feedForward = 4 * width } = options;
  requireInteger("transformer: layers", layers, 1);
  const builder = layerBuilder();
  const norm = (name: string) => builder.add(name, { op: "layerNorm", epsilon: 1e-5 });
  builder.add("embedding", { op: "embedding", width });
  builder.add("position", { op: "position" });
  for (let index = 1; index <= layers; index++) {
    const at = `block${index}`;
    const before = builder.last;
    norm(`${at}.norm1`);
    const attended = builder.add(`${at}.attention`, { op: "attention", heads });
    const between = builder.add(`${at}.add1`, { op: "add" }, [attended, before]);
    norm(`${at}.norm2`);
    builder.add(`${at}.fc1`, { op: "dense", out: feedForward, bias: true });
    builder.add(`${at}.gelu`, { op: "activation", kind: "gelu" });
    const fed = builder.add(`${at}.fc2`, { op: "dense", out: width, bias: true });
    builder.add(`${at}.add2`, { op: "add" }, [fed, between]);
  }
  norm("norm");
  builder.add("mean", { op: "meanTokens" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });
  const architecture: Architecture = {
    name: `transformer-${layers}x${width}-h${heads}-f${feedForward}`,
    input: { kind: "tokens", length, vocabulary },
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
