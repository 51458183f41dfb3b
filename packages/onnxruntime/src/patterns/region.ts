/** Finds parts of an ONNX graph that compute something from one value: decomposed activations and norms. */
import type { OnnxNode } from "@idinit/onnx";
import { type FlatModel, isFloat } from "../flatten.js";

/** Who makes and who reads each value. */
export interface Wires {
  readonly maker: ReadonlyMap<string, OnnxNode>;
  readonly readers: ReadonlyMap<string, readonly OnnxNode[]>;
  readonly order: ReadonlyMap<OnnxNode, number>;
  /** Stored, of one element or of integers: never a weight. */
  isConstant(value: string): boolean;
  /** Stored fractions along one axis. */
  isVector(value: string): boolean;
  isOutput(value: string): boolean;
}

export function wires(model: FlatModel): Wires {
  const maker = new Map<string, OnnxNode>();
  const readers = new Map<string, OnnxNode[]>();
  const order = new Map(model.nodes.map((node, i) => [node, i]));
  for (const node of model.nodes) {
    for (const output of node.outputs) maker.set(output, node);
    for (const input of node.inputs) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  const outputs = new Set(model.outputs);
  const long = (value: string) => model.tensors.get(value)?.dims.filter((dim) => dim !== 1).length;
  return {
    maker,
    readers,
    order,
    isConstant: (value) => {
      const tensor = model.tensors.get(value);
      if (tensor) return long(value) === 0 || !isFloat(tensor);
      return value === "" || maker.get(value)?.opType === "Constant";
    },
    isVector: (value) => long(value) === 1 && isFloat(model.tensors.get(value)!),
    isOutput: (value) => outputs.has(value),
  };
}

export interface Region {
  readonly nodes: ReadonlySet<OnnxNode>;
  /** The one value that the region reads, besides constants and vectors. */
  readonly source: string;
  /** Stored vectors read, with the node that reads each. */
  readonly vectors: readonly { readonly value: string; readonly reader: OnnxNode }[];
}

const MAX_NODES = 32;

/**
 * Walks back from `root` through nodes of the allowed kinds until a single value is left that `done` accepts. Undefined where
 * there is none, or where an inner value is used outside the region.
 */
export function regionBehind(
  root: OnnxNode,
  graph: Wires,
  allowed: ReadonlySet<string>,
  done: (nodes: ReadonlySet<OnnxNode>, source: string) => boolean,
  vectorsAllowed = false,
): Region | undefined {
  const nodes = new Set<OnnxNode>();
  const vectors: { value: string; reader: OnnxNode }[] = [];
  const frontier = new Set<string>();
  const take = (node: OnnxNode) => {
    nodes.add(node);
    for (const input of node.inputs) {
      if (graph.isConstant(input)) continue;
      if (vectorsAllowed && graph.isVector(input)) vectors.push({ value: input, reader: node });
      else frontier.add(input);
    }
  };
  take(root);
  while (nodes.size <= MAX_NODES && frontier.size > 0) {
    const values = [...frontier];
    if (values.length === 1 && done(nodes, values[0]!)) return { nodes, source: values[0]!, vectors };
    const position = (value: string) => graph.order.get(graph.maker.get(value)!) ?? -1;
    const last = values.reduce((a, b) => (position(b) > position(a) ? b : a));
    const node = graph.maker.get(last);
    if (node?.domain !== "" || !allowed.has(node.opType) || graph.isOutput(last)) return undefined;
    if (!graph.readers.get(last)!.every((reader) => nodes.has(reader))) return undefined;
    frontier.delete(last);
    take(node);
  }
  return undefined;
}

/** The nodes with some groups replaced by one node each, in place of the group's last node. */
export function replaceGroups(
  nodes: readonly OnnxNode[],
  groups: readonly { readonly nodes: ReadonlySet<OnnxNode>; readonly root: OnnxNode; readonly by: OnnxNode }[],
): OnnxNode[] {
  const gone = new Set(groups.flatMap((group) => [...group.nodes]));
  const instead = new Map(groups.map(({ root, by }) => [root, by]));
  return nodes.flatMap((node) => instead.get(node) ?? (gone.has(node) ? [] : [node]));
}

/** Domain of the nodes that patterns put in place of what they recognise. */
export const PATTERN_DOMAIN = "idinit.pattern";
