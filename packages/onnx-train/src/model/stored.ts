/** Tensors of a model in one place: initializers, external data and Constant nodes. */
import {
  DataType,
  type ExternalData,
  getTensor,
  type OnnxGraph,
  type OnnxNode,
  type Tensor,
  tensorBytes,
  tensorNumbers,
} from "@idinit/onnx";

export interface Stored {
  /** By name: the graph's initializers and those Constant nodes that hold float tensors. */
  readonly tensors: Map<string, Tensor>;
  readonly nodes: readonly OnnxNode[];
  /** Constants that stand where no weight stands: they are trained only where they are asked for by name. */
  readonly constants: ReadonlySet<string>;
}

const FLOATS: ReadonlySet<number> = new Set([DataType.float, DataType.double, DataType.float16, DataType.bfloat16]);

/** Inputs that are weights. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  MatMul: [0, 1],
  Gemm: [1, 2],
  Einsum: [0, 1, 2],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
  LSTM: [1, 2, 3],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  Gather: [0],
};

const NORMS: ReadonlySet<string> = new Set(
  Object.keys(WEIGHTS).filter((operator) => operator.endsWith("Normalization")),
);

/** With the bytes of external tensors inside. @throws OnnxError naming a tensor whose bytes are missing. */
function inlined(tensor: Tensor, externalData: ExternalData): Tensor {
  if (!tensor.external) return tensor;
  const { external: _, ...rest } = tensor;
  return { ...rest, data: tensorBytes(tensor, externalData) };
}

export function storedTensors(graph: OnnxGraph, externalData: ExternalData = {}): Stored {
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, inlined(tensor, externalData)]));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Set<string>();
  const nodes = graph.nodes.filter((node) => {
    if (node.opType !== "Constant" || node.domain !== "" || results.has(node.outputs[0]!)) return true;
    const value = getTensor(node, "value");
    if (!value || !FLOATS.has(value.dataType)) return true;
    const name = node.outputs[0]!;
    tensors.set(name, { ...inlined(value, externalData), name });
    constants.add(name);
    return false;
  });
  const weights = weightsAmong(nodes);
  // Where weights are initializers, a norm's constants of 1 and 0 say that it has no scale and no shift.
  const neutral = weights.some((name) => tensors.has(name) && !constants.has(name))
    ? neutralNorms(nodes, tensors)
    : new Set<string>();
  for (const name of weights) if (!neutral.has(name)) constants.delete(name);
  return { tensors, nodes, constants };
}

/** Names of norms' scales that are 1 throughout, and of their shifts that are 0. */
function neutralNorms(nodes: readonly OnnxNode[], tensors: ReadonlyMap<string, Tensor>): Set<string> {
  const holds = (name: string | undefined, value: number) => {
    const tensor = name ? tensors.get(name) : undefined;
    return tensor !== undefined && tensorNumbers(tensor).every((element) => element === value);
  };
  const norms = nodes.filter(({ domain, opType }) => domain === "" && NORMS.has(opType));
  return new Set(norms.flatMap(({ inputs }) => [1, 2].flatMap((i) => (holds(inputs[i], 2 - i) ? inputs[i]! : []))));
}

/** Names that are read as weights, or added to a product as its bias. */
function weightsAmong(nodes: readonly OnnxNode[]): string[] {
  const products = new Set(
    nodes.filter(({ opType }) => opType === "MatMul" || opType === "Einsum").map(({ outputs }) => outputs[0]!),
  );
  return nodes.flatMap(({ domain, opType, inputs }) => {
    if (domain !== "") return [];
    if (opType === "Add" && inputs.some((name) => products.has(name))) return inputs;
    return (WEIGHTS[opType] ?? []).flatMap((slot) => inputs[slot] ?? []);
  });
}
