/** The model in inference mode: for prediction with weights fed in, and for export with weights stored. */
import { DataType, encodeModel, intAttribute, makeTensor, type OnnxModel, type OnnxNode } from "@idinit/onnx";
import type { PreparedModel } from "./prepare.js";

/** Batch norm by running statistics, dropout off. */
export function inferenceNode(node: OnnxNode): OnnxNode {
  if (node.domain === "" && node.opType === "BatchNormalization") {
    const attributes = node.attributes.filter(({ name }) => name !== "training_mode");
    return {
      ...node,
      outputs: node.outputs.slice(0, 1),
      attributes: [...attributes, intAttribute("training_mode", 0)],
    };
  }
  if (node.domain === "" && node.opType === "Dropout") return { ...node, inputs: node.inputs.slice(0, 2) };
  return node;
}

const inferenceModel = ({ model }: PreparedModel): OnnxModel => ({
  ...model,
  graph: { ...model.graph, nodes: model.graph.nodes.map(inferenceNode) },
});

/**
 * Bytes of the model in inference mode in which the tensors of these names are inputs instead of initializers; with `only` that
 * value is its one output.
 */
export function inferenceBytes(prepared: PreparedModel, fed: readonly string[], only?: string): Uint8Array {
  const model = inferenceModel(prepared);
  const names = new Set(fed);
  const { graph } = model;
  const weights = fed.map((name) => ({ name, elemType: DataType.float, shape: prepared.tensors.get(name)!.dims }));
  return encodeModel({
    ...model,
    graph: {
      ...graph,
      initializers: graph.initializers.filter(({ name }) => !names.has(name)),
      inputs: [...graph.inputs, ...weights],
      ...(only !== undefined && { outputs: [{ name: only, elemType: DataType.float }] }),
    },
  });
}

/** Bytes of the model in inference mode with these values stored: same inputs and outputs as the given model. */
export function exportBytes(prepared: PreparedModel, values: ReadonlyMap<string, Float32Array>): Uint8Array {
  const model = inferenceModel(prepared);
  const initializers = model.graph.initializers.map((tensor) => {
    const value = values.get(tensor.name);
    return value ? makeTensor(tensor.name, tensor.dims, value) : tensor;
  });
  return encodeModel({ ...model, graph: { ...model.graph, initializers } });
}
