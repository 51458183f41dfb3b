/** Checks that a graph is one: every name is known and unique, and the nodes can be put in forward order. */
import { checkObject, IdinitError, show } from "../errors.js";
import { toCanonical } from "../shape.js";
import { type Graph, type GraphNode, OPS, type ParameterUse, SLOTS } from "./graph.js";

/**
 * Checks a graph and sorts its nodes so that each comes after those whose values it reads; otherwise their order is kept.
 *
 * @throws {IdinitError} for a name used twice, a value that nothing makes, a parameter that is not listed, an unknown op, slot or
 * layout, a dimension that is not an integer >= 1, a shape that does not hold the parameter's elements, a bias that does not fit its kernel, a cycle (naming
 * its nodes) and a graph without parameters.
 */
export function validate(graph: Graph): readonly GraphNode[] {
  checkObject("graph", "graph", graph);
  for (const part of ["parameters", "nodes", "inputs", "outputs"] as const) checkList(part, graph[part]);
  checkParameters(graph);
  checkNodes(graph);
  const makers = checkValues(graph);
  return sort(graph, makers);
}

function fail(text: string): never {
  throw new IdinitError(`graph: ${text}`);
}

function checkList(what: string, value: unknown): void {
  if (!Array.isArray(value)) fail(`${what} must be an array, got ${show(value)}`);
}

function checkUnique(names: Iterable<string>, what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) fail(`two ${what} are called ${show(name)}; names must be unique`);
    seen.add(name);
  }
}

function checkParameters({ parameters }: Graph): void {
  if (parameters.length === 0) fail("the model has no parameters, so there is nothing to initialize");
  checkUnique(
    parameters.map(({ name }) => name),
    "parameters",
  );
  for (const { name, shape } of parameters) toCanonical(shape, { layout: "O" }, "graph", name);
}

function checkNodes(graph: Graph): void {
  checkUnique(
    graph.nodes.map(({ name }) => name),
    "nodes",
  );
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  for (const node of graph.nodes) {
    for (const part of ["inputs", "outputs"] as const) checkList(`${part} of node ${show(node.name)}`, node[part]);
    if (!OPS.includes(node.op)) {
      fail(`op must be one of ${OPS.join(", ")}, got ${show(node.op)} (node ${show(node.name)})`);
    }
    for (const [slot, use] of Object.entries(node.slots ?? {})) {
      if (!SLOTS.some((known) => known === slot)) {
        fail(`slot must be one of ${SLOTS.join(", ")}, got ${show(slot)} (node ${show(node.name)})`);
      }
      checkUse(node, slot, use, shapes);
    }
    checkBias(node, shapes);
  }
}

function checkUse(
  node: GraphNode,
  slot: string,
  use: ParameterUse,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const stored = shapes.get(use.parameter);
  if (stored === undefined) {
    fail(
      `parameter ${show(use.parameter)} in slot ${slot} of node ${show(node.name)} is not among the graph's parameters`,
    );
  }
  const { groups = 1, parts = 1, layout } = use;
  const options = { layout, groups, transposed: node.op === "convTranspose" };
  const kernel = toCanonical(use.shape ?? stored, options, "graph", use.parameter);
  const size = stored.reduce((product, dimension) => product * dimension, 1);
  if (kernel.size !== size) {
    fail(
      `shape ${show(use.shape)} must hold the ${size} elements of ${show(stored)} (parameter ${show(use.parameter)})`,
    );
  }
  if (!Number.isInteger(parts) || parts < 1 || kernel.out % parts !== 0) {
    fail(
      `parts must be an integer >= 1 that divides out = ${kernel.out}, got ${show(parts)} (parameter ${show(use.parameter)})`,
    );
  }
  const [start, count] = use.rows ?? [0, kernel.out];
  if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 1 || start + count > kernel.out) {
    fail(`rows must lie within out = ${kernel.out}, got ${show(use.rows)} (parameter ${show(use.parameter)})`);
  }
}

/** A bias has one value for each output of its kernel: a cheap way to catch a kernel whose axes are exchanged. */
function checkBias({ name, op, slots = {} }: GraphNode, shapes: ReadonlyMap<string, readonly number[]>): void {
  const { kernel, bias } = slots;
  if (kernel === undefined || bias === undefined) return;
  const stored = kernel.shape ?? shapes.get(kernel.parameter)!;
  const { layout, groups = 1 } = kernel;
  const out = kernel.rows?.[1] ?? toCanonical(stored, { layout, groups, transposed: op === "convTranspose" }).out;
  const size = bias.rows?.[1] ?? shapes.get(bias.parameter)!.reduce((product, dimension) => product * dimension, 1);
  if (size !== out && size !== 1) {
    fail(
      `bias ${show(bias.parameter)} has ${size} values, but kernel ${show(kernel.parameter)} ${show(stored)} in layout ${layout} has ` +
        `${out} outputs (node ${show(name)})`,
    );
  }
}

/** The node that makes each value; graph inputs have none. */
function checkValues(graph: Graph): Map<string, GraphNode> {
  checkUnique(graph.inputs, "graph inputs");
  const known = new Set(graph.inputs);
  const makers = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (known.has(output)) fail(`value ${show(output)} is made twice, the second time by node ${show(node.name)}`);
      known.add(output);
      makers.set(output, node);
    }
  }
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (!known.has(input)) fail(`node ${show(node.name)} reads value ${show(input)}, which nothing makes`);
    }
  }
  for (const output of graph.outputs) {
    if (!known.has(output)) fail(`output ${show(output)} is made by nothing`);
  }
  return makers;
}

/** Kahn's algorithm. */
function sort(graph: Graph, makers: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const waiting = new Map<GraphNode, number>();
  const readers = new Map<GraphNode, GraphNode[]>();
  for (const node of graph.nodes) {
    const needed = sources(node, makers);
    waiting.set(node, needed.size);
    for (const maker of needed) readers.set(maker, [...(readers.get(maker) ?? []), node]);
  }
  const sorted = graph.nodes.filter((node) => waiting.get(node) === 0);
  for (const node of sorted) {
    for (const reader of readers.get(node) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) sorted.push(reader);
    }
  }
  if (sorted.length < graph.nodes.length) {
    const done = new Set(sorted);
    const cycle = findCycle(graph.nodes.find((node) => !done.has(node))!, makers, done);
    fail(`the nodes form a cycle: ${cycle.map(({ name }) => show(name)).join(" -> ")}`);
  }
  return sorted;
}

function sources(node: GraphNode, makers: ReadonlyMap<string, GraphNode>): Set<GraphNode> {
  return new Set(node.inputs.map((input) => makers.get(input)).filter((maker) => maker !== undefined));
}

/** Walks backwards among the nodes that could not be sorted, each of which waits for another, until one comes again. */
function findCycle(
  start: GraphNode,
  makers: ReadonlyMap<string, GraphNode>,
  done: ReadonlySet<GraphNode>,
): readonly GraphNode[] {
  const path: GraphNode[] = [];
  let node = start;
  while (!path.includes(node)) {
    path.push(node);
    node = [...sources(node, makers)].find((maker) => !done.has(maker))!;
  }
  return [...path.slice(path.indexOf(node)), node].reverse();
}
