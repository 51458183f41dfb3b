/** Facts of stored tensors. */
import { DataType, type Tensor, tensorNumbers } from "@idinit/onnx";
import type { Facts } from "./facts.js";

const INTEGERS: ReadonlySet<number> = new Set([DataType.int64, DataType.int32]);
/** Longer vectors are no shapes. */
export const MAX_INTS = 64;

/** Type and dims; the elements too where the tensor may be a shape, axes, bounds or scales. */
export function factsOfTensor(tensor: Tensor): Facts {
  const { dims, dataType } = tensor;
  const small = dims.length < 2 && (dims[0] ?? 1) <= MAX_INTS && tensor.data !== undefined;
  if (small && INTEGERS.has(dataType)) return { type: dataType, dims, ints: tensorNumbers(tensor) };
  if (small && dataType === DataType.float) return { type: dataType, dims, floats: tensorNumbers(tensor) };
  return { type: dataType, dims };
}
