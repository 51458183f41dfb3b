/** Shape computations whose result is known before the run become constants. */
import { DataType, makeTensor, type OnnxNode, type Tensor } from "@idinit/onnx";
import type { Facts } from "../shapes/facts.js";
import { numbersOf } from "../shapes/infer.js";

/** The constants that stand for all outputs of a node, `undefined` where an element is not known. */
export function foldedOutputs(node: OnnxNode, facts: readonly Facts[]): Tensor[] | undefined {
  if (node.outputs.length === 0) return undefined;
  const tensors = node.outputs.map((name, i) => tensorOf(name, facts[i]));
  return tensors.every((tensor) => tensor !== undefined) ? tensors : undefined;
}

function tensorOf(name: string, facts: Facts | undefined): Tensor | undefined {
  const values = numbersOf(facts);
  const dims = facts?.dims;
  if (name === "" || !values || !dims?.every((d) => typeof d === "number")) return undefined;
  if (dims.reduce((a, b) => a * b, 1) !== values.length || !values.every(Number.isSafeInteger)) return undefined;
  switch (facts?.type) {
    case DataType.int64:
      return makeTensor(name, dims, BigInt64Array.from(values, BigInt));
    case DataType.int32:
      return makeTensor(name, dims, Int32Array.from(values));
    case DataType.bool:
      return makeTensor(name, dims, Uint8Array.from(values), DataType.bool);
    default:
      return undefined;
  }
}
