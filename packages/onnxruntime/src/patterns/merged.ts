/**
 * Initializers that an exporter merged because they were equal: one tensor, read through Identity under other names. Vectors, and
 * matrices of one value everywhere, are merged by chance and are parameters of their own; other matrices are tied on purpose.
 */
import { DataType, type OnnxModel, type OnnxNode, type Tensor, tensorValues } from "@idinit/onnx";

function isChance(tensor: Tensor): boolean {
  if (tensor.dataType !== DataType.float) return false;
  if (tensor.dims.filter((dim) => dim > 1).length <= 1) return true;
  // External data that is not at hand tells nothing.
  if (tensor.data === undefined) return false;
  const values = tensorValues(tensor) as Float32Array;
  return values.every((value) => value === values[0]);
}

/** The original's name for every Identity output that is a parameter of its own. */
function mergedNames(model: OnnxModel): Map<OnnxNode, string> {
  const tensors = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));
  const outputs = new Set(model.graph.outputs.map(({ name }) => name));
  const merged = new Map<OnnxNode, string>();
  for (const node of model.graph.nodes) {
    const tensor = node.opType === "Identity" && node.domain === "" ? tensors.get(node.inputs[0]!) : undefined;
    if (tensor && !outputs.has(node.outputs[0]!) && isChance(tensor)) merged.set(node, tensor.name);
  }
  return merged;
}

/** The model with merged initializers split, of all groups or of those that hold one of `names`. */
export function splitMerged(model: OnnxModel, names?: ReadonlySet<string>): OnnxModel {
  const merged = mergedNames(model);
  const touched = new Set(
    [...merged].filter(([node, name]) => names?.has(name) || names?.has(node.outputs[0]!)).map(([, name]) => name),
  );
  const split = new Map([...merged].filter(([, name]) => names === undefined || touched.has(name)));
  if (split.size === 0) return model;
  const { graph } = model;
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const copies = [...split].map(([node, name]) => ({ ...tensors.get(name)!, name: node.outputs[0]! }));
  // Before IR version 4 every initializer is also a graph input.
  const copiedInputs = [...split].flatMap(([node, name]) => {
    const input = inputs.get(name);
    return input ? [{ ...input, name: node.outputs[0]! }] : [];
  });
  return {
    ...model,
    graph: {
      ...graph,
      nodes: graph.nodes.filter((node) => !split.has(node)),
      initializers: [...graph.initializers, ...copies],
      inputs: [...graph.inputs, ...copiedInputs],
    },
  };
}
