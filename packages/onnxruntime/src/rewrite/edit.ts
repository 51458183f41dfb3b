/** Changes to the main graph of a model. */
import { IdinitError } from "@idinit/core";
import { DataType, makeTensor, type OnnxGraph, type OnnxModel, type OnnxNode, type Tensor } from "@idinit/onnx";
import { bodiesOf } from "../bodies.js";

/** Operands of an operation that is put in; `x` is the value that it is put behind. */
type Insert = (x: string, output: string) => Pick<OnnxNode, "opType" | "inputs">;

/** An editable copy of a model's main graph. New names are unique; the model given stays as it is. */
export class GraphEdit {
  private readonly nodes: OnnxNode[];
  private readonly added: Tensor[] = [];
  private readonly aliases = new Map<string, string>();
  private readonly taken: Set<string>;
  private readonly made = new Set<string>();

  constructor(private readonly model: OnnxModel) {
    this.nodes = model.graph.nodes.map((node) => ({ ...node, inputs: [...node.inputs], outputs: [...node.outputs] }));
    this.taken = namesIn(model.graph);
  }

  /** The node that makes a value. @throws IdinitError where it is not one of the main graph's nodes. */
  maker(value: string): OnnxNode {
    const found = this.nodes.find(({ outputs }) => outputs.includes(value));
    if (found) return found;
    throw new IdinitError(
      `onnx: rewrite cannot change what is around "${value}", which is made inside a function or a branch of the model; ` +
        "expected a node of the main graph: inline functions and fold branches first",
    );
  }

  /** All nodes in forward order. */
  all(): readonly OnnxNode[] {
    return this.nodes;
  }

  /** A new float32 initializer with `value` everywhere; its name. */
  parameter(hint: string, dims: readonly number[], value: number): string {
    const name = this.unique(hint);
    const count = dims.reduce((product, dim) => product * dim, 1);
    this.added.push(makeTensor(name, dims, new Float32Array(count).fill(value)));
    return name;
  }

  /** A new Constant node of one number: no weight, so that nothing trains it. */
  constant(hint: string, value: number): string {
    const name = this.unique(hint);
    const tensor = makeTensor("", [], Float32Array.of(value));
    this.nodes.unshift({
      name,
      opType: "Constant",
      domain: "",
      inputs: [],
      outputs: [name],
      attributes: [{ name: "value", type: "tensor", value: tensor }],
    });
    return name;
  }

  /** Lets some of the nodes that read `x` read what an operation makes of it. */
  insertBefore(readers: readonly OnnxNode[], x: string, hint: string, insert: Insert): void {
    const from = this.resolve(x);
    const output = this.unique(hint);
    const node = { name: output, domain: "", outputs: [output], attributes: [], ...insert(from, output) };
    this.nodes.splice(Math.min(...readers.map((reader) => this.nodes.indexOf(reader))), 0, node);
    for (const reader of readers) {
      reader.inputs = reader.inputs.map((input) => (input === from ? output : input));
    }
  }

  /** Puts an operation behind the node that makes `value`; everything that reads `value`, the caller too, gets its result. */
  insertBehind(value: string, insert: Insert): void {
    const maker = this.maker(value);
    const before = this.unique(value);
    maker.outputs = maker.outputs.map((output) => (output === value ? before : output));
    const node = { name: this.unique(`${value}/node`), domain: "", outputs: [value], attributes: [] };
    this.nodes.splice(this.nodes.indexOf(maker) + 1, 0, { ...node, ...insert(before, value) });
  }

  /** Lets everything that reads `value` read `source`. What only served to make `value` is gone afterwards. */
  bypass(value: string, source: string): void {
    const from = this.resolve(source);
    for (const node of this.nodes) node.inputs = node.inputs.map((input) => (input === value ? from : input));
    if (this.model.graph.outputs.some(({ name }) => name === value)) {
      this.insertBehind(value, () => ({ opType: "Identity", inputs: [from] }));
    }
    this.aliases.set(value, from);
  }

  /** The nodes on the way from `source` to `value` that read `source`. */
  readersTowards(value: string, source: string): readonly OnnxNode[] {
    const from = this.resolve(source);
    const behind = new Set([value]);
    for (const { inputs, outputs } of [...this.nodes].reverse()) {
      if (outputs.some((output) => behind.has(output))) for (const input of inputs) behind.add(input);
    }
    return this.nodes.filter(({ inputs, outputs }) => inputs.includes(from) && outputs.some((o) => behind.has(o)));
  }

  /** The changed model, without the nodes and tensors that have lost their last reader. */
  build(): OnnxModel {
    const { graph } = this.model;
    const lost = difference(new Set([...liveNames(graph, graph.nodes), ...this.made]), liveNames(graph, this.nodes));
    const kept = ({ name }: { name: string }) => !lost.has(name);
    const nodes = this.nodes.filter(({ outputs }) => !outputs.some((output) => lost.has(output)));
    const added = this.added.filter(kept);
    // Before IR version 4 every initializer is also a graph input.
    const inputs = this.model.irVersion < 4 ? added : [];
    return {
      ...this.model,
      graph: {
        ...graph,
        nodes,
        initializers: [...graph.initializers.filter(kept), ...added],
        inputs: [
          ...graph.inputs.filter((input) => kept(input) || !graph.initializers.some(({ name }) => name === input.name)),
          ...inputs.map(({ name, dims }) => ({ name, elemType: DataType.float, shape: [...dims] })),
        ],
        valueInfo: graph.valueInfo.filter(kept),
      },
    };
  }

  private resolve(value: string): string {
    return this.aliases.get(value) ?? value;
  }

  private unique(hint: string): string {
    let name = hint;
    for (let n = 1; this.taken.has(name); n++) name = `${hint}_${n}`;
    this.taken.add(name);
    this.made.add(name);
    return name;
  }
}

/** Names of all values and nodes, those in bodies too. */
function namesIn(graph: OnnxGraph): Set<string> {
  const names = new Set([...graph.inputs, ...graph.outputs, ...graph.initializers].map(({ name }) => name));
  for (const node of graph.nodes) {
    for (const name of [node.name, ...node.inputs, ...node.outputs]) names.add(name);
    for (const body of bodiesOf(node)) for (const name of namesIn(body)) names.add(name);
  }
  return names;
}

/** Everything that the graph's outputs are made of. */
function liveNames(graph: OnnxGraph, nodes: readonly OnnxNode[]): Set<string> {
  const live = new Set(graph.outputs.map(({ name }) => name));
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => live.has(output))) continue;
    for (const name of [...node.inputs, ...node.outputs]) live.add(name);
    for (const body of bodiesOf(node)) for (const name of namesIn(body)) live.add(name);
  }
  return live;
}

function difference(all: ReadonlySet<string>, without: ReadonlySet<string>): Set<string> {
  return new Set([...all].filter((name) => name !== "" && !without.has(name)));
}
