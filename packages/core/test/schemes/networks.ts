/** Networks that the schemes of deep residual networks are made for. */
import type { Graph } from "@idinit/core/graph";
import { Build } from "../graph/build.js";

export const WIDTH = 64;
const INNER = 128;

/** A learnable number on a value: `"scale"` multiplies by it, `"shift"` adds it. */
function scalar(b: Build, x: string, name: string, op: "scale" | "shift"): string {
  const use = { parameter: b.parameter(name, [1]), layout: "O" } as const;
  return b.node(op, [x], op === "scale" ? { gate: use } : { shift: use });
}

/** What a residual network of convolutions has beside its weights. */
export interface ResnetParts {
  readonly norms?: boolean;
  readonly biases?: boolean;
  /** Which branches end in a scalar. */
  readonly scalars?: (branch: number) => boolean;
  readonly shiftedRelu?: boolean;
}

/** A stem, branches of `weights` convolutions each, pooling and a head. */
export function resnet(branches: number, weights: number, parts: ResnetParts = {}): Graph {
  const { norms = false, biases = false, scalars = () => false, shiftedRelu = false } = parts;
  const b = new Build();
  const act = (x: string, name: string) => {
    if (!shiftedRelu) return b.act(x);
    return scalar(b, b.act(scalar(b, x, `${name}.b`, "shift")), `${name}.b`, "shift");
  };
  let x = act(b.conv(b.input(), "stem", { in: 3, out: WIDTH }), "stem.act");
  for (let i = 0; i < branches; i++) {
    let h = x;
    for (let j = 1; j <= weights; j++) {
      const name = `b${i}.conv${j}`;
      if (biases) h = scalar(b, h, `${name}.bias`, "shift");
      h = b.conv(h, name, { in: WIDTH, out: WIDTH });
      if (norms) h = b.norm(h, `${name}.norm`);
      if (j < weights) h = act(h, `${name}.act`);
    }
    if (scalars(i)) h = scalar(b, h, `b${i}.scalar`, "scale");
    if (biases) h = scalar(b, h, `b${i}.end`, "shift");
    x = act(b.add(x, h), `b${i}.act`);
  }
  return b.graph(b.dense(b.move(b.pool(x)), "head", [10, WIDTH]));
}

/** What a Transformer has beside its weights. */
export interface TransformerParts {
  readonly norm?: "none" | "pre" | "post";
  readonly packed?: boolean;
  /** Factor on the skip paths of the encoder and the decoder, by branch. */
  readonly alpha?: (stack: "encoder" | "decoder", branch: number) => number | undefined;
  readonly heads?: number;
}

/** Embeddings, encoder layers, and decoder layers that look at the encoder's end, if there are any. */
export function transformer(encoders: number, decoders = 0, parts: TransformerParts = {}): Graph {
  const { norm = "none", packed = false, alpha = () => undefined, heads } = parts;
  const b = new Build();
  let branch = 0;

  function residual(x: string, stack: "encoder" | "decoder", name: string, inner: (h: string) => string): string {
    const factor = alpha(stack, branch++);
    const skip = factor === undefined ? x : b.node("move", [x], {}, { factor });
    const h = inner(norm === "pre" ? b.norm(x, `${name}.norm`, "layer") : x);
    const sum = b.add(skip, h);
    return norm === "post" ? b.norm(sum, `${name}.norm`, "layer") : sum;
  }

  function attend(q: string, k: string, v: string): string {
    const scores = b.node("matmul", [b.move(q), b.move(k)]);
    const weights = b.node("softmax", [b.move(scores)], {}, { axis: -1, ...(heads && { heads }) });
    return b.move(b.node("matmul", [weights, b.move(v)]));
  }

  function attention(h: string, memory: string, name: string): string {
    const square = [WIDTH, WIDTH] as const;
    const qkv =
      packed && h === memory
        ? b.many("split", [b.dense(h, `${name}.qkv`, [3 * WIDTH, WIDTH])], 3, {}, { sizes: [WIDTH, WIDTH, WIDTH] })
        : [b.dense(h, `${name}.q`, square), b.dense(memory, `${name}.k`, square), b.dense(memory, `${name}.v`, square)];
    return b.dense(attend(qkv[0]!, qkv[1]!, qkv[2]!), `${name}.o`, square);
  }

  const feedForward = (h: string, name: string) =>
    b.dense(b.act(b.dense(h, `${name}.fc1`, [INNER, WIDTH]), "gelu"), `${name}.fc2`, [WIDTH, INNER]);

  let x = b.embedding(b.input("source"), "source", [200, WIDTH]);
  for (let i = 0; i < encoders; i++) {
    x = residual(x, "encoder", `e${i}.self`, (h) => attention(h, h, `e${i}`));
    x = residual(x, "encoder", `e${i}.feed`, (h) => feedForward(h, `e${i}`));
  }
  if (decoders > 0) {
    const memory = x;
    x = b.embedding(b.input("target"), "target", [200, WIDTH]);
    for (let i = 0; i < decoders; i++) {
      x = residual(x, "decoder", `d${i}.self`, (h) => attention(h, h, `d${i}`));
      x = residual(x, "decoder", `d${i}.cross`, (h) => attention(h, memory, `d${i}.cross`));
      x = residual(x, "decoder", `d${i}.feed`, (h) => feedForward(h, `d${i}`));
    }
  }
  return b.graph(b.dense(x, "head", [50, WIDTH]));
}

/** Root of the mean square. */
export function rms(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values, (value) => value * value).reduce((a, b) => a + b, 0) / values.length);
}
