/** Facts of stored tensors. */
import { DataType, type Tensor, tensorNumbers } from "@idinit/onnx";
import type { Facts } from "./facts.js";

const FOLLOWED: ReadonlySet<number> = new Set([DataType.int64, DataType.int32, DataType.float, DataType.bool]);
/** Longer vectors are no shapes. */
export const MAX_ELEMENTS = 64;

/** Type and dims; the elements too where the tensor may be a shape, axes, bounds or scales. */
export function factsOfTensor(tensor: Tensor): Facts {
  const { dims, dataType } = tensor;
  const small = dims.length < 2 && (dims[0] ?? 1) <= MAX_ELEMENTS && tensor.data !== undefined;
  return { type: dataType, dims, ...(small && FOLLOWED.has(dataType) && { elements: tensorNumbers(tensor) }) };
}
