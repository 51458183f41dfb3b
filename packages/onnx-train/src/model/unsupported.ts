/** Why a node has no gradient. */
import type { OnnxNode } from "@idinit/onnx";

const CONTROL = "control flow that depends on data; what follows from sizes and constants is written out";
const QUANTIZED = "quantized arithmetic is piecewise constant: train the float model";

/** Reasons by operator; operators without an entry have none but that no rule exists. */
export const unsupportedOperators: Readonly<Record<string, string>> = {
  If: CONTROL,
  Loop: CONTROL,
  Scan: CONTROL,
  SequenceMap: "control flow over sequences, which are no tensors",
  QuantizeLinear: QUANTIZED,
  DequantizeLinear: QUANTIZED,
  DynamicQuantizeLinear: QUANTIZED,
  MatMulInteger: QUANTIZED,
  ConvInteger: QUANTIZED,
  QLinearConv: QUANTIZED,
  QLinearMatMul: QUANTIZED,
  NonMaxSuppression: "it selects boxes, a step function of its scores",
  Unique: "it selects elements, a step function of its input",
};

/** One sentence for an operator without a gradient rule. */
export function whyUnsupported({ domain, opType }: OnnxNode): string {
  if (domain !== "") return `operator of domain ${domain}, only standard ONNX operators have gradients`;
  return unsupportedOperators[opType] ?? `no gradient is defined for ${opType}`;
}
