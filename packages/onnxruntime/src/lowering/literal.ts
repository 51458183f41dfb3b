/** Stored tensors that are no weights: axes, shapes, masks, bounds. */
import { DataType, type Tensor, tensorNumbers } from "@idinit/onnx";
import { isFloat } from "../flatten.js";
import { MAX_ELEMENTS } from "./fold.js";
import type { ConstantValue } from "./values.js";

const UNREADABLE: ReadonlySet<number> = new Set([DataType.float16, DataType.bfloat16]);

/** The tensor as a constant, with its elements where they are few, inside the model and of a type that numbers can hold. */
export function literal(tensor: Tensor): ConstantValue {
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  const readable = !UNREADABLE.has(tensor.dataType) && tensor.dataType <= DataType.bfloat16;
  const few = elements <= MAX_ELEMENTS && tensor.data !== undefined && readable;
  const values = few ? { values: tensorNumbers(tensor) } : {};
  return { kind: "constant", shape: tensor.dims, ...values, integer: !isFloat(tensor) };
}
