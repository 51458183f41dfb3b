/** A validated graph with what its analysis asks again and again: who makes a value, who reads it, what depends on what. */
import { toCanonical } from "../shape.js";
import type { Graph, GraphNode, Parameter, ParameterUse, Slot } from "./graph.js";
import { validate } from "./validate.js";

/** One use of a parameter and where it is. */
export interface PlacedUse {
  readonly node: GraphNode;
  readonly slot: Slot;
  readonly use: ParameterUse;
}

/** Made by {@link wire}. */
export interface Wiring {
  readonly graph: Graph;
  /** In forward order. */
  readonly nodes: readonly GraphNode[];
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Uses of each parameter in forward order. */
  readonly uses: ReadonlyMap<string, readonly PlacedUse[]>;
  /** Position in forward order. */
  order(node: GraphNode): number;
  /** The node that makes a value; undefined for graph inputs. */
  maker(value: string): GraphNode | undefined;
  /** The nodes that read any of a node's values. */
  readers(node: GraphNode): readonly GraphNode[];
  /** The values a node reads, less those that depend on no graph input and no parameter. */
  data(node: GraphNode): readonly string[];
  /** Whether a value is, or is computed from, another. Values of one node are not told apart. */
  dependsOn(value: string, source: string): boolean;
  /** Whether the node holds a weight that mixes channels, or looks one up: analysis of a path ends there. */
  isWeighted(node: GraphNode): boolean;
}

/** Validates and indexes a graph. */
export function wire(graph: Graph): Wiring {
  const nodes = validate(graph);
  const parameters = new Map(graph.parameters.map((parameter) => [parameter.name, parameter]));
  const position = new Map(nodes.map((node, i) => [node, i]));
  const makers = new Map<string, GraphNode>();
  const uses = new Map<string, PlacedUse[]>();
  for (const node of nodes) {
    for (const output of node.outputs) makers.set(output, node);
    for (const [slot, use] of Object.entries(node.slots ?? {})) {
      uses.set(use.parameter, [...(uses.get(use.parameter) ?? []), { node, slot: slot as Slot, use }]);
    }
  }
  const constants = constantValues(nodes);
  const readers = new Map<GraphNode, GraphNode[]>();
  for (const node of nodes) {
    for (const maker of new Set(node.inputs.map((input) => makers.get(input)))) {
      if (maker !== undefined) readers.set(maker, [...(readers.get(maker) ?? []), node]);
    }
  }
  const rank = (value: string) => {
    const maker = makers.get(value);
    return maker === undefined ? graph.inputs.indexOf(value) : graph.inputs.length + position.get(maker)!;
  };
  const behind = ancestors(graph, nodes, rank);
  return {
    graph,
    nodes,
    parameters,
    uses,
    order: (node) => position.get(node)!,
    maker: (value) => makers.get(value),
    readers: (node) => readers.get(node) ?? [],
    data: (node) => node.inputs.filter((input) => !constants.has(input)),
    dependsOn: (value, source) => behind(rank(value), rank(source)),
    isWeighted: (node) => weightUses(node, parameters).length > 0,
  };
}

const WEIGHT_SLOTS: readonly Slot[] = ["kernel", "inputKernel", "recurrentKernel", "table"];

/** The uses that make a node a weighted one. In an operation that is not known, any matrix counts. */
function weightUses(node: GraphNode, parameters: ReadonlyMap<string, Parameter>): ParameterUse[] {
  return Object.entries(node.slots ?? {})
    .filter(
      ([slot, use]) =>
        WEIGHT_SLOTS.includes(slot as Slot) || (node.op === "opaque" && isMatrix(parameters.get(use.parameter)!)),
    )
    .map(([, use]) => use);
}

/** Whether a parameter has two or more axes longer than 1. */
export function isMatrix({ shape }: Parameter): boolean {
  return shape.filter((dimension) => dimension > 1).length >= 2;
}

/** Inputs that one output of a node's kernel reads; undefined without a kernel. */
export function kernelFanIn(wiring: Wiring, node: GraphNode): number | undefined {
  const use = node.slots?.kernel;
  if (use === undefined || use.layout === "O") return undefined;
  const { layout, groups = 1 } = use;
  const shape = use.shape ?? wiring.parameters.get(use.parameter)!.shape;
  return toCanonical(shape, { layout, groups, transposed: node.op === "convTranspose" }).fanIn;
}

function constantValues(nodes: readonly GraphNode[]): Set<string> {
  const constants = new Set<string>();
  for (const node of nodes) {
    const bare = Object.keys(node.slots ?? {}).length === 0;
    if (node.op === "constant" || (bare && node.inputs.every((input) => constants.has(input)))) {
      for (const output of node.outputs) constants.add(output);
    }
  }
  return constants;
}

/** Transitive closure as one bit set per value maker, inputs first. */
function ancestors(
  graph: Graph,
  nodes: readonly GraphNode[],
  rank: (value: string) => number,
): (of: number, source: number) => boolean {
  const count = graph.inputs.length + nodes.length;
  const words = Math.ceil(count / 32);
  const bits = new Uint32Array(count * words);
  const mark = (row: number, column: number) => {
    bits[row * words + (column >> 5)]! |= 1 << (column & 31);
  };
  for (let row = 0; row < count; row++) mark(row, row);
  nodes.forEach((node, i) => {
    const row = graph.inputs.length + i;
    for (const input of node.inputs) {
      const from = rank(input);
      for (let word = 0; word < words; word++) bits[row * words + word]! |= bits[from * words + word]!;
    }
  });
  return (of, source) => (bits[of * words + (source >> 5)]! & (1 << (source & 31))) !== 0;
}
