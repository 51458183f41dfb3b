/** Weights that would silently stay as they are: small integers with a scale, and tensors inside the body of a loop or branch. */
import { IdinitError } from "@idinit/core";
import { dtypeName, nodeLabel, type OnnxGraph, type OnnxNode, type Tensor } from "@idinit/onnx";
import { bodiesOf } from "./bodies.js";
import { constantTensor, isFloat, isNarrow } from "./flatten.js";
import type { Value } from "./lowering/values.js";

/** Operators of ONNX and of onnxruntime that multiply by integers as they are stored. */
const INTEGER_ARITHMETIC =
  /^(MatMulInteger|ConvInteger|MatMulNBits|MatMulBnb4|GatherBlockQuantized|DynamicQuantize(MatMul|LSTM)|Q(Attention|Gemm|Linear|Ordered))/;

/** @throws IdinitError naming a quantized weight that the node computes with. */
export function refuseQuantized(
  node: OnnxNode,
  inputs: readonly (Value | undefined)[],
  tensors: ReadonlyMap<string, Tensor>,
): void {
  if (!INTEGER_ARITHMETIC.test(node.opType)) return;
  for (const value of inputs) {
    const tensor = value?.kind === "weight" ? tensors.get(value.parameter) : undefined;
    if (!tensor || isFloat(tensor)) continue;
    throw new IdinitError(
      `onnx: parameter "${tensor.name}" must be float32, got ${dtypeName(tensor.dataType)} (quantized, in node ` +
        `${nodeLabel(node)}); initialize the model before quantization`,
    );
  }
}

/** @throws IdinitError naming a matrix that is stored inside a body of the node, or a float matrix that a loop's body reads. */
export function refuseBodyWeights(node: OnnxNode, tensors: ReadonlyMap<string, Tensor>): void {
  for (const body of bodiesOf(node)) checkBody(node, body, node.opType === "If" ? new Map() : tensors);
}

function checkBody(owner: OnnxNode, body: OnnxGraph, outer: ReadonlyMap<string, Tensor>): void {
  const stored = [...body.initializers, ...body.nodes.flatMap((node) => constantTensor(node) ?? [])];
  const inner = stored.find(isMatrix);
  if (inner) {
    throw new IdinitError(
      `onnx: tensor "${inner.name}" (${dtypeName(inner.dataType)} [${inner.dims.join(", ")}]) is stored inside the body of node ` +
        `${nodeLabel(owner)}, where weights cannot be initialized; expected it among the model's own initializers`,
    );
  }
  const own = new Set([...body.inputs, ...body.initializers].map(({ name }) => name));
  for (const node of body.nodes) for (const name of node.outputs) own.add(name);
  for (const node of body.nodes) {
    for (const name of node.inputs) {
      const tensor = own.has(name) ? undefined : outer.get(name);
      if (!tensor || !isMatrix(tensor)) continue;
      throw new IdinitError(
        `onnx: tensor "${name}" (${dtypeName(tensor.dataType)} [${tensor.dims.join(", ")}]) is used inside the body of node ` +
          `${nodeLabel(owner)}, where its role is not known; expected layers outside of Loop and Scan`,
      );
    }
    for (const nested of bodiesOf(node)) checkBody(owner, nested, outer);
  }
}

/** Numbers with two or more axes longer than 1: scalars, vectors and index tables are no weights of a layer. */
function isMatrix(tensor: Tensor): boolean {
  return (isFloat(tensor) || isNarrow(tensor)) && tensor.dims.filter((size) => size > 1).length >= 2;
}
