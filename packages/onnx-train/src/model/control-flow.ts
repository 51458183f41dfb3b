/** If, Loop and Scan written out, where the choice or the count is known before the run. */
import {
  type Attribute,
  DataType,
  getAttribute,
  getInt,
  getInts,
  makeTensor,
  nodeLabel,
  type OnnxGraph,
  type OnnxNode,
} from "@idinit/onnx";
import { range } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import { renamed } from "./names.js";

const CONTROL: ReadonlySet<string> = new Set(["If", "Loop", "Scan"]);
/** A graph of more repetitions would be too large for its runtime. */
const MOST = 10_000;

export const isControlFlow = ({ domain, opType }: OnnxNode): boolean => domain === "" && CONTROL.has(opType);

/** Adds a node to the graph in the form that training needs, and returns what stands for it. */
type Add = (node: OnnxNode) => OnnxNode[];

/**
 * The nodes of a branch, or of a body as often as it runs, in the place of the node that holds it.
 *
 * @throws OnnxTrainError where a condition, a count or a length is known only at run time.
 */
export function writeOut(g: TrainingGraph, node: OnnxNode, add: Add): OnnxNode[] {
  const writer = new Writer(g, node, add);
  const results = node.opType === "If" ? writer.branch() : node.opType === "Loop" ? writer.loop() : writer.scan();
  node.outputs.forEach((output, i) => {
    if (output !== "") writer.add("Identity", [results[i]!], output);
  });
  return writer.nodes;
}

class Writer {
  readonly nodes: OnnxNode[] = [];
  private readonly label: string;

  constructor(
    private readonly g: TrainingGraph,
    private readonly node: OnnxNode,
    private readonly put: Add,
  ) {
    this.label = node.name || node.outputs.find((name) => name !== "") || node.opType;
  }

  add(opType: string, inputs: string[], output: string): void {
    this.nodes.push(...this.put({ name: output, opType, domain: "", inputs, outputs: [output], attributes: [] }));
  }

  branch(): string[] {
    const taken = this.truth(this.node.inputs[0]);
    if (taken === undefined) this.unknown("which branch is taken");
    return this.inline(this.graph(taken ? "then_branch" : "else_branch"), "", []);
  }

  loop(): string[] {
    const [count, condition, ...first] = this.node.inputs as [string, string, ...string[]];
    const body = this.graph("body");
    const most = count ? this.g.numbers(count)?.[0] : undefined;
    if (count && most === undefined) this.unknown("how often it runs");
    let state = first;
    const rows: string[][] = [];
    let going = condition ? this.truth(condition) : true;
    while (rows.length < (most ?? Infinity) && going !== false) {
      if (going === undefined) this.unknown("whether it goes on");
      if (rows.length === MOST) throw new OnnxTrainError(`it runs more than ${MOST} times`);
      const again = this.g.initializer(makeTensor(`${this.label}/${rows.length}`, [], Uint8Array.of(1), DataType.bool));
      const [next, ...rest] = this.inline(body, `/${rows.length}`, [this.g.index(rows.length), again, ...state]);
      going = this.truth(next);
      state = rest.slice(0, first.length);
      rows.push(rest.slice(first.length));
    }
    return [...state, ...this.stacked(rows, body.outputs.length - 1 - first.length)];
  }

  scan(): string[] {
    const { inputs } = this.node;
    const body = this.graph("body");
    const scanned = inputs.slice(inputs.length - (getInt(this.node, "num_scan_inputs") ?? 0));
    const first = inputs.slice(0, inputs.length - scanned.length);
    const parts = scanned.map((value, i) => this.elements(value, i));
    const length = parts[0]!.length;
    const results = body.outputs.length - first.length;
    let state = first;
    const rows = range(length).map((t) => {
      const all = this.inline(body, `/${t}`, [...state, ...parts.map((part) => part[t]!)]);
      state = all.slice(0, first.length);
      return all.slice(first.length);
    });
    const backwards = getInts(this.node, "scan_output_directions") ?? [];
    const axes = getInts(this.node, "scan_output_axes") ?? [];
    return [...state, ...this.stacked(rows, results, axes, backwards)];
  }

  /** The slices of a scanned value in the order of the steps. */
  private elements(value: string, i: number): string[] {
    const dims = this.g.dimsOf(value);
    const axis = axisOf(getInts(this.node, "scan_input_axes")?.[i] ?? 0, dims.length);
    const length = dims[axis];
    if (typeof length !== "number") return this.unknown(`the length "${length}" of its sequence`);
    if (length === 0 || length > MOST) throw new OnnxTrainError(`it runs ${length} times; 1 to ${MOST} are possible`);
    const { value: parts, nodes } = this.g.capture(() => {
      const squeezed = (part: string) => this.g.op("Squeeze", [part, this.g.ints([axis])]);
      if (length === 1) return [squeezed(value)];
      const attributes = this.g.opset >= 18 ? { axis, num_outputs: length } : { axis };
      return this.g.ops("Split", [value], attributes, length).map(squeezed);
    });
    this.nodes.push(...nodes);
    return getInts(this.node, "scan_input_directions")?.[i] === 1 ? parts.reverse() : parts;
  }

  /** One tensor for each of the values that every step gives. */
  private stacked(
    rows: readonly (readonly string[])[],
    count: number,
    axes: readonly number[] = [],
    backwards: readonly number[] = [],
  ): string[] {
    if (count > 0 && rows.length === 0) throw new OnnxTrainError("it never runs, so what it collects is empty");
    const { value, nodes } = this.g.capture(() =>
      range(count).map((k) => {
        const each = rows.map((row) => row[k]!);
        const axis = axisOf(axes[k] ?? 0, this.g.dimsOf(each[0]!).length + 1);
        const columns = each.map((value) => this.g.op("Unsqueeze", [value, this.g.ints([axis])]));
        return this.g.op("Concat", backwards[k] === 1 ? columns.reverse() : columns, { axis });
      }),
    );
    this.nodes.push(...nodes);
    return value;
  }

  /** The values of a graph's outputs for these inputs, its nodes written under names of this node and step. */
  private inline(graph: OnnxGraph, step: string, inputs: readonly string[]): string[] {
    const names = new Map(graph.inputs.map(({ name }, i) => [name, inputs[i]!]));
    const own = (name: string) => `${this.label}${step}/${name}`;
    for (const tensor of graph.initializers) {
      names.set(tensor.name, own(tensor.name));
      this.g.initializer({ ...tensor, name: own(tensor.name) });
    }
    for (const name of graph.nodes.flatMap(({ outputs }) => outputs)) names.set(name, own(name));
    const rename = (name: string) => names.get(name) ?? name;
    for (const node of graph.nodes) {
      if (node.opType === "BatchNormalization" && node.domain === "")
        throw new OnnxTrainError(`batch norm (${nodeLabel(node)}) inside control flow is not supported`);
      this.nodes.push(...this.put({ ...renamed(node, rename), name: own(node.name || node.outputs[0]!) }));
    }
    return graph.outputs.map(({ name }) => rename(name));
  }

  private truth(value: string | undefined): boolean | undefined {
    const flag = this.g.numbers(value)?.[0];
    return flag === undefined ? undefined : flag !== 0;
  }

  private graph(name: string): OnnxGraph {
    const attribute: Attribute | undefined = getAttribute(this.node, name);
    if (attribute?.type !== "graph") throw new OnnxTrainError(`it has no graph "${name}"`);
    return attribute.value;
  }

  private unknown(what: string): never {
    throw new OnnxTrainError(`only the run can tell ${what}; set batchSize or inputShapes if that follows from sizes`);
  }
}
