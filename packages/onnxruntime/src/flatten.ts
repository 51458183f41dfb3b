/** A model as one list of nodes and one table of stored tensors: model-local functions inlined, Constant nodes beside initializers. */
import { IdinitError } from "@idinit/core";
import {
  type Attribute,
  DataType,
  getAttribute,
  nodeLabel,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
} from "@idinit/onnx";

export interface FlatModel {
  readonly nodes: readonly OnnxNode[];
  /** Initializers and tensors of Constant nodes of the main graph, by the name of the value they are. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Names among `tensors` that are initializers. */
  readonly initializers: ReadonlySet<string>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Known shapes of the inputs. */
  readonly inputShapes: ReadonlyMap<string, readonly (number | undefined)[]>;
}

/** Functions may call functions, not themselves. */
const MAX_CALLS = 50;

/** @throws IdinitError for functions that call themselves. */
export function flatten(model: OnnxModel): FlatModel {
  const { graph } = model;
  const functions = new Map((model.functions ?? []).map((f) => [`${f.domain}:${f.name}`, f]));
  const nodes = graph.nodes.flatMap((node) => inline(node, functions, 0));
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const initializers = new Set(tensors.keys());
  for (const node of graph.nodes) {
    const tensor = constantTensor(node);
    if (tensor) tensors.set(node.outputs[0]!, tensor);
  }
  return {
    nodes,
    tensors,
    initializers,
    inputs: graph.inputs.map(({ name }) => name).filter((name) => !initializers.has(name)),
    outputs: graph.outputs.map(({ name }) => name),
    inputShapes: new Map(
      graph.inputs.flatMap(({ name, shape }) =>
        shape ? [[name, shape.map((dim) => (typeof dim === "number" ? dim : undefined))] as const] : [],
      ),
    ),
  };
}

/** The tensor of a Constant node that holds one. */
export function constantTensor(node: OnnxNode): Tensor | undefined {
  if (node.opType !== "Constant" || node.domain !== "") return undefined;
  const attribute = getAttribute(node, "value");
  return attribute?.type === "tensor" ? attribute.value : undefined;
}

/** Whether the elements are fractions, so that the tensor may be a trained weight. */
export const isFloat = ({ dataType }: Tensor): boolean =>
  dataType === DataType.float ||
  dataType === DataType.float16 ||
  dataType === DataType.bfloat16 ||
  dataType === DataType.double;

/** Whether the elements are integers or fractions of 16 bits and less, as quantized weights are. ONNX numbers them 2..5 and from 17 on. */
export const isNarrow = ({ dataType }: Tensor): boolean => (dataType >= 2 && dataType <= 5) || dataType >= 17;

function inline(node: OnnxNode, functions: ReadonlyMap<string, OnnxFunction>, depth: number): OnnxNode[] {
  const callee = functions.get(`${node.domain}:${node.opType}`);
  if (!callee) return [node];
  if (depth > MAX_CALLS) {
    throw new IdinitError(`onnx: function calls are nested deeper than ${MAX_CALLS} (node ${nodeLabel(node)})`);
  }
  const names = new Map<string, string>([["", ""]]);
  callee.inputs.forEach((name, i) => void names.set(name, node.inputs[i] ?? ""));
  callee.outputs.forEach((name, i) => void (node.outputs[i] && names.set(name, node.outputs[i])));
  const prefix = node.outputs.find((name) => name !== "") ?? node.name;
  const rename = (name: string) => names.get(name) ?? `${prefix}/${name}`;
  const given = new Map([...callee.attributeDefaults, ...node.attributes].map((a) => [a.name, a]));
  return callee.nodes
    .map((inner) => renamed(inner, rename, given, prefix))
    .flatMap((inner) => inline(inner, functions, depth + 1));
}

/** A function's node inside its caller: values renamed, attribute references replaced by the call's attributes. */
function renamed(
  node: OnnxNode,
  rename: (name: string) => string,
  given: ReadonlyMap<string, Attribute>,
  prefix: string,
): OnnxNode {
  const attributes = node.attributes.flatMap((attribute): Attribute[] => {
    if (attribute.type === "reference") {
      const value = given.get(attribute.value);
      return value ? [{ ...value, name: attribute.name }] : [];
    }
    return attribute.type === "graph"
      ? [{ ...attribute, value: renamedGraph(attribute.value, rename, given, prefix) }]
      : [attribute];
  });
  return {
    ...node,
    name: `${prefix}/${node.name || node.outputs[0]}`,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes,
  };
}

function renamedGraph(
  graph: OnnxGraph,
  rename: (name: string) => string,
  given: ReadonlyMap<string, Attribute>,
  prefix: string,
): OnnxGraph {
  const info = <T extends { name: string }>(item: T): T => ({ ...item, name: rename(item.name) });
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renamed(node, rename, given, prefix)),
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    initializers: graph.initializers.map(info),
  };
}
