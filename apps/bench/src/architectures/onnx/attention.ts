/** Multi-head self-attention as ONNX nodes, in the form that PyTorch's exporter writes. */
import type { Layer } from "../architecture.js";
import type { Shape } from "../shapes.js";
import { dense } from "./dense.js";
import type { Emitter } from "./emitter.js";
import { paddingMask } from "./tokens.js";

/** softmax(Q Kᵀ / √d, padding masked out) V, then the output projection. `shape` is `[tokens, width]`. */
export function attention(emit: Emitter, layer: Layer & { readonly op: "attention" }, shape: Shape): string {
  const { name, heads } = layer;
  const [tokens, width] = [shape[0]!, shape[1]!];
  const project = (part: string, x: string, output: string) =>
    dense(emit, { x, shape, parameter: `${name}.${part}`, out: width, bias: true, output });
  const head = (part: string, order: readonly number[]) => {
    const projected = project(part, layer.inputs[0]!, `${name}/${part}`);
    const split = emit.int64([-1, tokens, heads, width / heads]);
    return emit.node(
      "Transpose",
      [emit.node("Reshape", [projected, split], `${name}/${part}/split`)],
      `${name}/${part}/heads`,
      { perm: order },
    );
  };
  const query = head("query", [0, 2, 1, 3]);
  const key = head("key", [0, 2, 3, 1]);
  const value = head("value", [0, 2, 1, 3]);
  const scale = emit.float(Math.sqrt(width / heads));
  const scores = emit.node("Div", [emit.node("MatMul", [query, key], `${name}/products`), scale], `${name}/scores`);
  const mask = emit.once("mask/keys", () =>
    emit.node("Unsqueeze", [paddingMask(emit), emit.int64([1, 2])], "mask/keys"),
  );
  // Not -Infinity: a sequence of padding only would give NaN.
  const masked = emit.node("Where", [mask, emit.float(-1e9), scores], `${name}/masked`);
  const weights = emit.node("Softmax", [masked], `${name}/weights`, { axis: -1 });
  const mixed = emit.node("MatMul", [weights, value], `${name}/mixed`);
  const joined = emit.node(
    "Reshape",
    [emit.node("Transpose", [mixed], `${name}/mixed/tokens`, { perm: [0, 2, 1, 3] }), emit.int64([-1, tokens, width])],
    `${name}/joined`,
  );
  return project("out", joined, name);
}
