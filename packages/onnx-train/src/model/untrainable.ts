/** Why nothing in a model can be trained. */
import { dtypeName, nodeLabel, type OnnxNode, type Tensor } from "@idinit/onnx";

/** Values that lead to `from` through the given inputs of each node. */
export function ancestors(
  nodes: readonly OnnxNode[],
  from: string,
  inputsOf: (node: OnnxNode) => readonly string[],
): Set<string> {
  const found = new Set([from]);
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => found.has(name))) continue;
    for (const name of inputsOf(node)) found.add(name);
  }
  return found;
}

interface Question {
  readonly nodes: readonly OnnxNode[];
  readonly output: string;
  /** All initializers, and those that are no candidates for other reasons left out of `floats`. */
  readonly tensors: readonly Tensor[];
  readonly floats: readonly Tensor[];
  /** Values from which a gradient could come. */
  readonly reached: ReadonlySet<string>;
  differentiable(node: OnnxNode): readonly string[];
}

/** A sentence: there are no float weights, none leads to the output, or nodes without a derivative cut every path. */
export function whyUntrainable({ nodes, output, tensors, floats, reached, differentiable }: Question): string {
  const start = `the output "${output}" depends on no trainable float32 initializer`;
  if (floats.length === 0) {
    const kinds = [...new Set(tensors.map(({ dataType }) => dtypeName(dataType)))].join(", ");
    return `${start}: ${kinds ? `the model has ${kinds} ones only` : "the model has none"}`;
  }
  if (floats.some(({ name }) => reached.has(name)))
    return `${start} of rank 1 or more; scalars and constants are trained only where \`trainable\` asks for them`;
  const all = ancestors(nodes, output, (node) => node.inputs);
  const behind = floats.filter(({ name }) => all.has(name));
  if (behind.length === 0) return `${start}: no path leads from one to it`;
  const cuts = nodes.filter((node) => {
    if (!node.outputs.some((name) => reached.has(name))) return false;
    const passed = differentiable(node);
    const stopped = node.inputs.filter((name) => !passed.includes(name));
    return stopped.some((name) => behind.some((tensor) => ancestors(nodes, name, (n) => n.inputs).has(tensor.name)));
  });
  const list = cuts.map(nodeLabel).join(", ");
  return `${start}: no gradient passes through ${list}, which every path from a parameter crosses`;
}
