import { type KernelFunc, matMul, reshape, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";

/**
 * The product of one pair of matrices, of which at least one is read transposed, as in both gradients of a dense layer.
 *
 * The wasm backend multiplies through XNNPACK only if nothing is transposed, else by a plain loop; copying the transposed
 * factor first is about ten times as fast. Everything else goes to the backend's own kernel.
 */
export function batchMatMul(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { a, b } = tensorsOf<"a" | "b">(args);
    const { transposeA, transposeB } = attributesOf<{ transposeA: boolean; transposeB: boolean }>(args);
    const onePair = isOneMatrix(a) && isOneMatrix(b) && a.dtype === "float32" && b.dtype === "float32";
    if (!onePair || !(transposeA || transposeB) || a.size === 0 || b.size === 0) return original(args);
    return tidy(() => {
      const left = asMatrix(a, transposeA);
      const right = asMatrix(b, transposeB);
      const outer = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
      return reshape(matMul(left, right), [...outer, left.shape[0]!, right.shape[1]!]);
    });
  };
}

function isOneMatrix({ shape }: Tensor): boolean {
  return shape.slice(0, -2).every((axis) => axis === 1);
}

function asMatrix(x: Tensor, transposed: boolean): Tensor {
  const matrix = reshape(x, x.shape.slice(-2));
  return transposed ? transpose(matrix) : matrix;
}
