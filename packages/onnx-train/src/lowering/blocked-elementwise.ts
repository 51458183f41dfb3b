/** Operators that do the same to each value, wherever it lies. */
import { stringAttribute } from "@idinit/onnx";
import type { BlockedGraph } from "./blocked-graph.js";
import type { BlockedLowering } from "./blocked-norms.js";

const ELEMENTWISE = new Set([
  "Add",
  "Clip",
  "Div",
  "HardSigmoid",
  "Mul",
  "Neg",
  "Relu",
  "Sigmoid",
  "Sub",
  "Sum",
  "Tanh",
]);

/** Follows a blocked input where the others are scalars or of the same shape. */
export const blockedElementwise: BlockedLowering = (graph, node) => {
  const output = node.outputs[0]!;
  if (!ELEMENTWISE.has(node.opType) || !node.inputs.some((input) => graph.isBlocked(input))) return false;
  const whole = graph.dimsOf(output)?.join();
  const isWhole = node.inputs.map((input) => graph.dimsOf(input)?.join() === whole);
  if (!node.inputs.every((input, i) => isWhole[i] || !input || graph.dimsOf(input)?.length === 0)) return false;
  const inputs = node.inputs.map((input, i) => (isWhole[i] ? graph.needBlocked(input) : input));
  const fused =
    node.opType === "Relu" ? withRelu : node.opType === "Add" && isWhole.every(Boolean) ? withSum : undefined;
  if (fused?.(graph, node.inputs, output)) return true;
  graph.nodes.push({ ...node, inputs, outputs: [graph.giveBlocked(output)] });
  return true;
};

/** The sum of two values in blocks that have the same shape. */
export function addBlocked(graph: BlockedGraph, inputs: readonly [string, string], output: string): void {
  if (withSum(graph, inputs, output)) return;
  graph.add(
    "Add",
    inputs.map((input) => graph.needBlocked(input)),
    graph.giveBlocked(output),
  );
}

/** The convolution that makes a value makes what the value is needed for. */
function withRelu(graph: BlockedGraph, [x]: readonly string[], output: string): boolean {
  const conv = graph.takeConvolution(x!);
  if (!conv) return false;
  const attributes = [...conv.attributes, stringAttribute("activation", "Relu")];
  graph.nodes.push({ ...conv, attributes, outputs: [graph.giveBlocked(output)] });
  return true;
}

/** The same where the convolution starts from the other summand; of two convolutions the later one. */
function withSum(graph: BlockedGraph, inputs: readonly string[], output: string): boolean {
  for (const [x, other] of [[inputs[1]!, inputs[0]!], inputs as [string, string]] as const) {
    const conv = x === other ? undefined : graph.takeConvolution(x, 3);
    if (!conv) continue;
    const [image, weights, bias = ""] = conv.inputs as [string, string, string?];
    const summed = [image, weights, bias, graph.needBlocked(other)];
    graph.nodes.push({ ...conv, inputs: summed, outputs: [graph.giveBlocked(output)] });
    return true;
  }
  return false;
}
