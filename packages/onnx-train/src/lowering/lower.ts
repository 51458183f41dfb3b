/** Training graphs in the operators that one execution provider has. */
import { type Attribute, decodeModel, encodeModel, makeTensor, type OnnxNode, type Tensor } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";

/** Collects the nodes that stand for one node. */
export interface Replacement {
  readonly opset: number;
  /** A further node; returns its output, which is `output` where that is given and a new name otherwise. */
  op(opType: string, inputs: readonly string[], attributes?: readonly Attribute[], output?: string): string;
  /** A node with outputs of these names: the given one in another place. */
  add(node: OnnxNode): void;
  /** A stored tensor. */
  constant(dims: readonly number[], values: Float32Array | BigInt64Array | Uint32Array): string;
  /** What the graph stores under a name. */
  stored(name: string): Tensor | undefined;
  /** Sizes of a stored tensor or an input of the graph, where all of them are fixed. */
  dims(name: string): readonly number[] | undefined;
}

/** Writes other nodes in the place of one, under the same output names; returns `false` to leave it as it is. */
export type Lowering = (node: OnnxNode, to: Replacement) => boolean;

/** By operator of the standard domain: what to write where a provider's kernel is missing or fails. */
export type LoweringTable = Readonly<Record<string, Lowering>>;

/**
 * The same graph with the nodes that the table names rewritten: equal inputs, outputs and values.
 *
 * @param bytes A training graph as `buildTrainingModel` makes it.
 * @throws OnnxTrainError for a node in a form that training graphs do not have.
 * @example
 * const { bytes } = buildTrainingModel(model, { loss: "mse", optimizer: sgd({ lr: 0.1 }) });
 * await ort.InferenceSession.create(lower(bytes, webgpuLowering), { executionProviders: ["webgpu"] });
 */
export function lower(bytes: Uint8Array, table: LoweringTable): Uint8Array {
  const model = decodeModel(bytes);
  const opset = model.opsetImports.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  if (opset === undefined) throw new OnnxTrainError("the model imports no version of the standard operators");
  const constants: Tensor[] = [];
  const initializers = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = new Map(model.graph.inputs.map(({ name, shape }) => [name, shape]));
  const nodes = model.graph.nodes.flatMap((node) => {
    const lowering = node.domain === "" && Object.hasOwn(table, node.opType) ? table[node.opType] : undefined;
    if (!lowering) return [node];
    const made: OnnxNode[] = [];
    const replacement: Replacement = {
      opset,
      op(opType, inputs, attributes = [], given) {
        const name = `lower/${node.outputs[0]}/${made.length}`;
        const output = given ?? name;
        made.push({
          name,
          opType,
          domain: "",
          inputs: [...inputs],
          outputs: [output],
          attributes: [...attributes],
        });
        return output;
      },
      add: (other) => void made.push(other),
      constant(dims, values) {
        const name = `lower/constant_${constants.length}`;
        constants.push(makeTensor(name, dims, values));
        return name;
      },
      stored: (name) => initializers.get(name),
      dims(name) {
        const dims = initializers.get(name)?.dims.map(Number) ?? inputs.get(name);
        return dims?.every((size) => typeof size === "number") ? dims : undefined;
      },
    };
    return lowering(node, replacement) ? made : [node];
  });
  const { graph } = model;
  return encodeModel({ ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...constants] } });
}
