/** Activation functions that providers have no kernels for in every opset. */
import { getFloat } from "@idinit/onnx";
import { timesScalar } from "../compose.js";
import type { Decomposition, Decompositions } from "./decomposition.js";

/** y = x sigmoid(alpha x). */
const swish: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  return [g.op("Mul", [x, g.op("Sigmoid", [timesScalar(g, x, getFloat(node, "alpha", 1))])])];
};

export const activationDecompositions: Decompositions = { Swish: swish };
