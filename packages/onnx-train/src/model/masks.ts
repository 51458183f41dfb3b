/** Attention masks among the stored tensors, which exporters keep as they keep weights. */
import { DataType, type OnnxNode, type Tensor, tensorValues } from "@idinit/onnx";
import { ancestors } from "./untrainable.js";

/** Operators between a mask and the Softmax that it acts on: arithmetic on scores, and bringing the mask to their shape. */
const BEFORE_SOFTMAX: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Where", "Neg", "Cast", "Identity"],
  ...["Slice", "Gather", "Reshape", "Squeeze", "Unsqueeze", "Expand", "Transpose"],
]);

/** Added to a score, this or less takes it out of the softmax: e^-100 is the least of what float32 holds, and Swin has it. */
const BLOCKING = -100;

/**
 * Names of the float32 tensors that act on a Softmax by arithmetic alone, or are the mask of an Attention, and hold nothing but zeros and ones, or zeros and one
 * large negative number: which positions are seen, not how. They have two axes or more, and both values.
 */
export function masksAmong(nodes: readonly OnnxNode[], tensors: ReadonlyMap<string, Tensor>): Set<string> {
  const standard = nodes.filter(({ domain }) => domain === "");
  const scores = standard.flatMap(({ opType, inputs }) => {
    const [score] = opType === "Softmax" ? inputs : opType === "Attention" ? inputs.slice(3, 4) : [];
    return score ? [score] : [];
  });
  const inputsOf = ({ domain, opType, inputs }: OnnxNode) =>
    domain === "" && BEFORE_SOFTMAX.has(opType) ? inputs : [];
  const acting = new Set(scores.flatMap((score) => [...ancestors(nodes, score, inputsOf)]));
  return new Set(
    [...acting].filter((name) => {
      const tensor = tensors.get(name);
      if (tensor?.dataType !== DataType.float || tensor.dims.length < 2) return false;
      return isMask(tensorValues(tensor) as Float32Array);
    }),
  );
}

function isMask(values: Float32Array): boolean {
  const other = values.find((value) => value !== 0);
  if (other === undefined || !(other === 1 || other <= BLOCKING)) return false;
  return values.includes(0) && values.every((value) => value === 0 || value === other);
}
