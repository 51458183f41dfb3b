/** Transformers in parts, for tests of roles. */
import { Build } from "./build.js";

/** Attention with separate projections. */
export function separate(b: Build, x: string, name = ""): string {
  const [q, k, v] = ["q", "k", "v"].map((one) => b.dense(x, name + one));
  return b.dense(b.attend(q!, k!, v!), `${name}o`);
}

export function feedForward(b: Build, x: string, name = ""): string {
  return b.dense(b.act(b.dense(x, `${name}up`), "gelu"), `${name}down`);
}

export function preNorm(b: Build, x: string, attention: (h: string) => string): string {
  const h = b.add(x, attention(b.norm(x, "n1", "layer")));
  return b.add(feedForward(b, b.norm(h, "n2", "layer")), h);
}

/** Token and position embeddings, one block, a head. */
export function transformer(block: (b: Build, x: string) => string) {
  const b = new Build();
  const tokens = b.input("tokens");
  const position = b.embedding(b.node("constant", []), "wpe");
  const x = block(b, b.add(b.embedding(tokens, "wte"), position));
  return b.graph(b.dense(b.node("gather", [b.norm(x, "nf", "layer")]), "head", [4, 8]));
}

export const ENDS = { wte: "embedding", wpe: "position", "head.w": "head" };
export const SEPARATE = { "q.w": "query", "k.w": "key", "v.w": "value", "o.w": "attention-output*" };
export const FEED_FORWARD = { "up.w": "hidden", "down.w": "branch-last" };
