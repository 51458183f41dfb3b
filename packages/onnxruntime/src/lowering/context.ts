/** The state of a translation: what is known of each value, and the neutral nodes and parameters so far. */
import { type Activation, IdinitError } from "@idinit/core";
import type { GraphNode, Op, Parameter, Slot } from "@idinit/core/graph";
import { dtypeName, nodeLabel, type OnnxNode, type Tensor } from "@idinit/onnx";
import type { FlatModel } from "../flatten.js";
import type { ChannelAxis, DataValue, Dim, Value, WeightValue } from "./values.js";
import { useOf, vectorUse } from "./view.js";

type Slots = Partial<Record<Slot, NonNullable<ReturnType<typeof useOf>>>>;

export interface EmitOptions {
  readonly slots?: Slots;
  readonly attributes?: GraphNode["attributes"];
  /** Default: the ONNX node's. */
  readonly outputs?: readonly string[];
  readonly shape?: readonly Dim[] | undefined;
  readonly channels?: DataValue["channels"] | undefined;
}

export class Lowering {
  readonly nodes: GraphNode[] = [];
  readonly parameters = new Map<string, Parameter>();
  /** Outputs of factors that are a single number without axes: gates if they close a branch, else constants. */
  readonly bareFactors = new Set<string>();
  private readonly values = new Map<string, Value>();
  private readonly names = new Set<string>();

  constructor(readonly model: FlatModel) {}

  /** The value of this name. @throws IdinitError if nothing has made it yet. */
  value(name: string, node: OnnxNode): Value {
    const value = this.values.get(name);
    if (value) return value;
    throw new IdinitError(
      `onnx: node ${nodeLabel(node)} reads "${name}", which no earlier node, input or initializer makes (a cycle, or a broken file)`,
    );
  }

  find(name: string): Value | undefined {
    return this.values.get(name);
  }

  set(name: string | undefined, value: Value): void {
    if (name) this.values.set(name, value);
  }

  /** Adds a neutral node; its outputs become data, the first with the given shape. */
  emit(node: OnnxNode, op: Op, inputs: readonly string[], options: EmitOptions = {}): DataValue {
    const outputs = (options.outputs ?? node.outputs).filter((name) => name !== "");
    const name = this.uniqueName(node.name || outputs[0] || node.opType);
    this.nodes.push({
      name,
      op,
      inputs,
      outputs,
      ...(options.slots && Object.keys(options.slots).length > 0 && { slots: options.slots }),
      ...(options.attributes && { attributes: options.attributes }),
    });
    for (const output of outputs) this.set(output, { kind: "data", name: output });
    const first: DataValue = {
      kind: "data",
      name: outputs[0]!,
      ...(options.shape && { shape: options.shape }),
      ...(options.shape && options.channels && { channels: options.channels }),
    };
    this.set(outputs[0], first);
    return first;
  }

  activation(node: OnnxNode, x: DataValue, kind: Activation): void {
    this.emit(node, "activation", [x.name], { attributes: { kind }, shape: x.shape, channels: x.channels });
  }

  /** A node that only rearranges or passes on. */
  move(node: OnnxNode, x: DataValue, shape?: readonly Dim[], channels?: readonly (ChannelAxis | undefined)[]): void {
    this.emit(node, "move", [x.name], { outputs: [node.outputs[0]!], shape, channels });
  }

  /** Registers a weight as a parameter and says how the node uses it. Undefined where no layout describes the use. */
  use(weight: WeightValue, letters: readonly string[], more?: { groups?: number; parts?: number }) {
    const tensor = this.tensor(weight);
    const use = useOf(weight, letters, tensor.dims, more);
    if (use) this.register(weight.parameter, tensor);
    return use;
  }

  /** The same for a weight that acts element by element. */
  vector(weight: WeightValue) {
    const tensor = this.tensor(weight);
    const use = vectorUse(weight, tensor.dims);
    if (use) this.register(weight.parameter, tensor);
    return use;
  }

  tensor(weight: WeightValue): Tensor {
    return this.model.tensors.get(weight.parameter)!;
  }

  /** A value's name in the neutral graph; weights and constants get a node that makes them. */
  name(value: Value, node: OnnxNode, op: "shift" | "opaque" = "opaque"): string {
    if (value.kind === "data") return value.name;
    const output = this.uniqueName(`${node.outputs.find((o) => o !== "") ?? node.name}/input`);
    if (value.kind === "constant") return this.emit(node, "constant", [], { outputs: [output] }).name;
    if (value.kind === "joined") {
      const parts = value.pieces.map((piece) => this.name(piece, node, op));
      return this.emit(node, "concat", parts, { outputs: [output] }).name;
    }
    const tensor = this.tensor(value);
    this.register(value.parameter, tensor);
    const size = tensor.dims.reduce((product, dim) => product * dim, 1);
    const use = {
      parameter: value.parameter,
      layout: "O" as const,
      ...(tensor.dims.length !== 1 && { shape: [size] }),
    };
    return this.emit(node, op, [], {
      outputs: [output],
      slots: op === "shift" ? { shift: use } : { other: use },
      attributes: { opType: node.opType },
    }).name;
  }

  /** Whatever is not known: all inputs are read, the outputs are data of unknown shape. */
  opaque(node: OnnxNode, inputs: readonly (Value | undefined)[]): void {
    const names = inputs.flatMap((value) => (value && value.kind !== "constant" ? [this.name(value, node)] : []));
    this.emit(node, "opaque", names, { attributes: { opType: node.opType } });
  }

  uniqueName(hint: string): string {
    let name = hint;
    for (let n = 1; this.names.has(name); n++) name = `${hint}#${n}`;
    this.names.add(name);
    return name;
  }

  private register(name: string, tensor: Tensor): void {
    if (!this.parameters.has(name)) {
      this.parameters.set(name, { name, shape: tensor.dims, dtype: dtypeName(tensor.dataType) });
    }
  }
}

/** One ONNX operator's translation. The first input is data unless said otherwise. */
export type Handler = (context: Lowering, node: OnnxNode, inputs: readonly (Value | undefined)[]) => void;

/** A tag for one axis, none for the others. */
export function channelsAt(rank: number, axis: number, size: Dim): (ChannelAxis | undefined)[] | undefined {
  if (size === undefined) return undefined;
  return Array.from({ length: rank }, (_, i) => (i === axis ? { stride: 1, size } : undefined));
}
