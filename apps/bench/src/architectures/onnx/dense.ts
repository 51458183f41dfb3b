/** A dense layer as ONNX nodes. */
import type { Shape } from "../shapes.js";
import type { Emitter } from "./emitter.js";

export interface DenseSpec {
  readonly x: string;
  /** Of `x`, without the batch axis: `[features]` or `[tokens, features]`. */
  readonly shape: Shape;
  /** The parameters are `<parameter>.weight` and `<parameter>.bias`. */
  readonly parameter: string;
  readonly out: number;
  readonly bias: boolean;
  readonly output: string;
}

/**
 * `x Wᵀ + b`, with W stored canonically as `[out, in]`.
 *
 * Sequences are laid out as rows first: one Gemm forward, and one for each of the two gradients. Reshapes copy nothing.
 */
export function dense(emit: Emitter, { x, shape, parameter, out, bias, output }: DenseSpec): string {
  const gemm = (rows: string, to: string) =>
    emit.node("Gemm", [rows, `${parameter}.weight`, ...(bias ? [`${parameter}.bias`] : [])], to, { transB: 1 });
  if (shape.length === 1) return gemm(x, output);
  const [tokens, width] = [shape[0]!, shape[1]!];
  const rows = emit.node("Reshape", [x, emit.int64([-1, width])], `${output}/rows`);
  return emit.node("Reshape", [gemm(rows, `${output}/product`), emit.int64([-1, tokens, out])], output);
}
