import { broadcast_util, type KernelFunc, matMul, reshape, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import { addressesOf, withWork } from "../address.js";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { nativeKernels } from "../native/nativeKernels.js";
import { manyThreads } from "../native/threads.js";
import { multiply, type ProductSizes, productWork } from "../product.js";

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Products of matrices, of one pair or of a batch, each matrix read as it is or transposed, by our own kernel.
 *
 * Without it the backend multiplies through XNNPACK only if nothing is transposed, else by a plain loop; for one pair, copying
 * the transposed factor first is about ten times as fast.
 */
export function batchMatMul(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { a, b } = tensorsOf<"a" | "b">(args);
    const { transposeA, transposeB } = attributesOf<Attributes>(args);
    if (a.dtype !== "float32" || b.dtype !== "float32" || a.size === 0 || b.size === 0) return original(args);
    const sizes = sizesOf(a, b, transposeA, transposeB);
    const native = nativeKernels(args.backend);
    // Of one row, reading b is all the work: XNNPACK does it without packing.
    const xnnpack = (sizes.m === 1 || manyThreads(args.backend)) && !transposeA && !transposeB;
    if (native && !xnnpack) {
      const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const backend = args.backend as WasmBackend;
      const c = backend.makeOutput([...outer, sizes.m, sizes.n], "float32");
      withWork(backend, productWork(sizes), (work) => {
        const [toC, fromA, fromB] = addressesOf(backend, c, a, b);
        const [first, second] = [matricesOf(a, outer), matricesOf(b, outer)];
        first.forEach((offset, pair) => {
          const at = { address: toC + 4 * pair * sizes.m * sizes.n, row: sizes.n };
          const left = { address: fromA + 4 * offset, row: a.shape.at(-1)! };
          const right = { address: fromB + 4 * second[pair]!, row: b.shape.at(-1)! };
          multiply(native, sizes, at, left, right, work);
        });
      });
      return c;
    }
    if (!isOneMatrix(a) || !isOneMatrix(b) || !(transposeA || transposeB)) return original(args);
    return tidy(() => {
      const left = asMatrix(a, transposeA);
      const right = asMatrix(b, transposeB);
      const outer = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
      return reshape(matMul(left, right), [...outer, left.shape[0]!, right.shape[1]!]);
    });
  };
}

function sizesOf(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): ProductSizes {
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columns, rows] : [rows, columns];
  return { m, k, n: b.shape.at(transposeB ? -2 : -1)!, transposeA, transposeB };
}

/** Where each matrix of the broadcast batch begins, in values. */
function matricesOf({ shape }: Tensor, outer: readonly number[]): number[] {
  let [offsets, step] = [[0], shape.at(-2)! * shape.at(-1)!];
  for (let axis = 1; axis <= outer.length; axis++) {
    const own = shape.at(-2 - axis) ?? 1;
    const move = own === 1 ? 0 : step;
    const inner = offsets;
    offsets = Array.from({ length: outer.at(-axis)! }, (_, i) => inner.map((offset) => offset + i * move)).flat();
    step *= own;
  }
  return offsets;
}

function isOneMatrix({ shape }: Tensor): boolean {
  return shape.slice(0, -2).every((axis) => axis === 1);
}

function asMatrix(x: Tensor, transposed: boolean): Tensor {
  const matrix = reshape(x, x.shape.slice(-2));
  return transposed ? transpose(matrix) : matrix;
}
