/** What onnxruntime-web's WebAssembly kernels (1.30) compute number by number, in operators that they compute four at a time. */
import { getFloat } from "@idinit/onnx";
import { like } from "./elementary.js";
import type { Lowering, LoweringTable } from "./lower.js";

/** max(x, 0) */
const relu: Lowering = ({ inputs, outputs }, to) => {
  to.op("Max", [inputs[0]!, like(to, 0, inputs[0]!)], [], outputs[0]);
  return true;
};

/** x above zero, alpha x below: a slope that is stored. */
const leakyRelu: Lowering = (node, to) => {
  const x = node.inputs[0]!;
  to.op("PRelu", [x, like(to, getFloat(node, "alpha", 0.01), x)], [], node.outputs[0]);
  return true;
};

/** max(min(alpha x + beta, 1), 0) */
const hardSigmoid: Lowering = (node, to) => {
  const x = node.inputs[0]!;
  const beta = getFloat(node, "beta", 0.5);
  const scaled = to.op("Mul", [x, like(to, getFloat(node, "alpha", 0.2), x)]);
  const line = beta === 0 ? scaled : to.op("Add", [scaled, like(to, beta, x)]);
  to.op("Max", [to.op("Min", [line, like(to, 1, x)]), like(to, 0, x)], [], node.outputs[0]);
  return true;
};

/** min(max(x, low), high), as far as there are bounds. */
const clip: Lowering = (node, to) => {
  const [x, low, high] = node.inputs as [string, string?, string?];
  if (!low && !high) return false;
  const above = low ? to.op("Max", [x, low], [], high ? undefined : node.outputs[0]) : x;
  if (high) to.op("Min", [above, high], [], node.outputs[0]);
  return true;
};

/** For `lower`: the pieces of activations and of their gradients, three to ten times faster. */
export const wasmLowering: LoweringTable = {
  Clip: clip,
  HardSigmoid: hardSigmoid,
  LeakyRelu: leakyRelu,
  Relu: relu,
};
