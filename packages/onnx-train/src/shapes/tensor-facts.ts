/** Facts of stored tensors. */
import { DataType, type Tensor, tensorNumbers } from "@idinit/onnx";
import type { Facts } from "./facts.js";

const INTEGERS: ReadonlySet<number> = new Set([DataType.int64, DataType.int32]);
/** Longer vectors are no shapes. */
const MAX_INTS = 64;

/** Type and dims; the elements too where the tensor may be a shape, axes or bounds. */
export function factsOfTensor(tensor: Tensor): Facts {
  const { dims, dataType } = tensor;
  const small = INTEGERS.has(dataType) && dims.length < 2 && (dims[0] ?? 1) <= MAX_INTS;
  return { type: dataType, dims, ...(small && tensor.data && { ints: tensorNumbers(tensor) }) };
}
