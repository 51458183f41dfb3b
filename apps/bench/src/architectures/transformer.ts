/** A Transformer encoder that classifies token sequences. */
import type { Architecture } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { requireInteger } from "./check.js";
import { nameParts, type Parts } from "./parts.js";
import { validate } from "./validate.js";

export interface TransformerOptions extends Parts {
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
 * Layer norm has epsilon 1e-5; there is no dropout. With `norm: "post"` the norms stand behind the sums, and there is no last one; with
 * `biases: "scalar"` the scalar ones of Fixup come to those of the layers.
 *
 * @throws IdinitError when a number is out of range or the heads do not divide the width.
 */
export function transformer(options: TransformerOptions): Architecture {
  const { classes, length, vocabulary, layers = 2, heads = 4, width = 64, feedForward = 4 * width } = options;
  requireInteger("transformer: layers", layers, 1);
  const { norm = "usual", multipliers = false, biases = "usual", alpha = false } = options;
  const builder = layerBuilder();
  const layerNorm = (name: string) => builder.add(name, { op: "layerNorm", epsilon: 1e-5 });
  const shifted = (name: string) => {
    if (biases === "scalar") builder.add(`${name}.shift`, { op: "shift" });
  };
  /** One residual branch: `make` appends its layers. */
  const residual = (at: string, index: number, make: () => void) => {
    const before = builder.last;
    if (norm === "usual") layerNorm(`${at}.norm${index}`);
    make();
    if (multipliers) builder.add(`${at}.multiplier${index}`, { op: "multiplier" });
    const branch = builder.last;
    const factor = (2 * layers) ** (1 / 4);
    const skip = alpha ? builder.add(`${at}.skip${index}`, { op: "amplify", factor }, [before]) : before;
    builder.add(`${at}.add${index}`, { op: "add" }, [branch, skip]);
    if (norm === "post") layerNorm(`${at}.norm${index}`);
  };
  builder.add("embedding", { op: "embedding", width });
  builder.add("position", { op: "position" });
  for (let index = 1; index <= layers; index++) {
    const at = `block${index}`;
    residual(at, 1, () => {
      shifted(`${at}.attention`);
      builder.add(`${at}.attention`, { op: "attention", heads });
    });
    residual(at, 2, () => {
      shifted(`${at}.fc1`);
      builder.add(`${at}.fc1`, { op: "dense", out: feedForward, bias: true });
      shifted(`${at}.gelu`);
      builder.add(`${at}.gelu`, { op: "activation", kind: "gelu" });
      shifted(`${at}.fc2`);
      builder.add(`${at}.fc2`, { op: "dense", out: width, bias: true });
    });
  }
  if (norm === "usual") layerNorm("norm");
  builder.add("mean", { op: "meanTokens" });
  shifted("fc");
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });
  const architecture: Architecture = {
    name: [`transformer-${layers}x${width}-h${heads}-f${feedForward}`, ...nameParts(options)].join("-"),
    input: { kind: "tokens", length, vocabulary },
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
