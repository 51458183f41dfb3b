/** The graph under construction: a builder that knows the shape of every value. */
import {
  type Attribute,
  type AttributeInput,
  DataType,
  dtypeName,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  makeTensor,
  type NodeInput,
  nodeLabel,
  type OnnxNode,
  stringAttribute,
  type Tensor,
  tensorAttribute,
} from "@idinit/onnx";
import { UnknownShapeError } from "./errors.js";
import { BLOCKED_STEPS } from "./lowering/blocked-graph.js";
import type { Dim } from "./shapes/dims.js";
import type { Facts } from "./shapes/facts.js";
import { inferNode, numbersOf } from "./shapes/infer.js";
import { factsOfTensor } from "./shapes/tensor-facts.js";

type InputType = "float32" | "float64" | "int32" | "int64" | "bool" | "uint8" | "uint32";

const NUMBERS: Readonly<Record<InputType, number>> = {
  float32: DataType.float,
  float64: DataType.double,
  int32: DataType.int32,
  int64: DataType.int64,
  bool: DataType.bool,
  uint8: DataType.uint8,
  uint32: DataType.uint32,
};

const FLOATS: ReadonlySet<number | undefined> = new Set([DataType.float, DataType.double]);

export class TrainingGraph {
  readonly builder: GraphBuilder;
  private readonly facts = new Map<string, Facts>();
  private readonly declared = new Map<string, Facts>();
  private readonly tensors = new Map<string, Tensor>();
  /** Values of unknown shape, and the first node before each of them that no shape is known of. */
  private readonly origins = new Map<string, string>();
  private readonly log: OnnxNode[] = [];
  private made = 0;

  constructor(
    readonly opset: number,
    irVersion: number,
    name: string,
  ) {
    this.builder = new GraphBuilder({ opset, irVersion, name });
  }

  input(name: string, type: InputType, dims: readonly Dim[]): string {
    this.builder.input(name, type, dims);
    this.facts.set(name, { type: NUMBERS[type], dims });
    return name;
  }

  initializer(tensor: Tensor, facts = factsOfTensor(tensor)): string {
    this.builder.initializer(tensor);
    this.facts.set(tensor.name, facts);
    this.tensors.set(tensor.name, tensor);
    return tensor.name;
  }

  /** Says the shape of a value, for operators that inference does not know. */
  declare(name: string, facts: Facts): void {
    this.declared.set(name, facts);
  }

  /** A node of the given model, under its own names. */
  copy(node: OnnxNode): void {
    const attributes = Object.fromEntries(node.attributes.map((attribute) => [attribute.name, attribute]));
    const options = { name: node.name || node.outputs[0]!, domain: node.domain, outputs: node.outputs };
    this.builder.node(node.opType, node.inputs, attributes, options);
    this.record(node);
    const value = node.opType === "Constant" ? node.attributes.find((a) => a.name === "value") : undefined;
    if (value?.type === "tensor") this.tensors.set(node.outputs[0]!, value.value);
  }

  /** What is known of a node's outputs before it is added. */
  infer(node: OnnxNode): Facts[] {
    return inferNode(node, this.opset, (value) => this.factsOf(value));
  }

  /** One operation with one output. */
  op(opType: string, inputs: readonly NodeInput[], attributes: AttributeInput = {}): string {
    return this.ops(opType, inputs, attributes, 1)[0]!;
  }

  /** One operation with several outputs. */
  ops(opType: string, inputs: readonly NodeInput[], attributes: AttributeInput, count: number): string[] {
    const made = this.builder.node(opType, inputs, attributes, {
      name: `train/${opType}_${this.made++}`,
      outputs: count,
    });
    const outputs = typeof made === "string" ? [made] : made;
    const listed = Object.entries(attributes).flatMap(([name, value]) => attributeOf(name, value));
    const node = { name: "", opType, domain: "", inputs: inputs.map((i) => i ?? ""), outputs, attributes: listed };
    this.log.push(node);
    this.record(node);
    return outputs;
  }

  /** An operation that `blockChannels` writes out, with one output of these sizes. */
  blockedOp(opType: string, inputs: readonly string[], attributes: AttributeInput, dims: readonly Dim[]): string {
    const options = { name: `train/${opType}_${this.made++}`, domain: BLOCKED_STEPS, outputs: 1 };
    const made = this.builder.node(opType, inputs, attributes, options);
    const output = typeof made === "string" ? made : made[0]!;
    this.facts.set(output, { type: DataType.float, dims });
    return output;
  }

  /** What `build` returns, and the nodes that it added. */
  capture<T>(build: () => T): { readonly value: T; readonly nodes: OnnxNode[] } {
    const start = this.log.length;
    const value = build();
    return { value, nodes: this.log.slice(start) };
  }

  /** A constant vector of int64: axes, shapes, bounds. */
  ints(values: readonly number[]): string {
    const name = this.builder.int64s(values);
    this.facts.set(name, { type: DataType.int64, dims: [values.length], elements: values });
    return name;
  }

  /** A constant of int32, a vector unless told otherwise: class indices. */
  int32s(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = this.builder.constant(dims, Int32Array.from(values));
    this.facts.set(name, { type: DataType.int32, dims });
    return name;
  }

  /** A constant int64 scalar: an index, a bound. */
  index(value: number): string {
    const name = this.builder.scalar(value, "int64");
    this.facts.set(name, { type: DataType.int64, dims: [], elements: [value] });
    return name;
  }

  /** A constant uint32 scalar: bits. */
  uint32(value: number): string {
    const name = this.builder.constant([], Uint32Array.of(value));
    this.facts.set(name, { type: DataType.uint32, dims: [] });
    return name;
  }

  /** A constant float tensor. */
  floats(dims: readonly number[], values: Float32Array): string {
    const name = this.builder.constant(dims, values);
    this.facts.set(name, { type: DataType.float, dims });
    return name;
  }

  /** A constant scalar of the element type of `like`. */
  scalar(value: number, like: string): string {
    const type = this.typeOf(like);
    const wide = type === DataType.double;
    const name = this.builder.scalar(value, wide ? "float64" : "float32");
    this.facts.set(name, { type, dims: [] });
    this.tensors.set(name, makeTensor(name, [], wide ? Float64Array.of(value) : Float32Array.of(value)));
    return name;
  }

  factsOf(value: string): Facts {
    return this.facts.get(value) ?? {};
  }

  typeOf(value: string): number | undefined {
    return this.factsOf(value).type;
  }

  /** Whether a value has a floating point type; one of unknown type is taken for float. */
  isFloat(value: string): boolean {
    const type = this.typeOf(value);
    return type === undefined || FLOATS.has(type);
  }

  /** @throws UnknownShapeError where the shape of the value is not known. */
  dimsOf(value: string): readonly Dim[] {
    const { dims, type } = this.factsOf(value);
    if (dims) return dims;
    const known = type === undefined ? "" : ` (${dtypeName(type)})`;
    const origin = this.origins.get(value);
    const since = origin === undefined ? "" : `, that of ${origin} is not known`;
    throw new UnknownShapeError(
      `the shape of value "${value}"${known} cannot be inferred${since}; set batchSize or inputShapes`,
    );
  }

  /** Elements of a small value, where they are constant. */
  numbers(value: string | undefined): number[] | undefined {
    return value ? numbersOf(this.factsOf(value)) : undefined;
  }

  /** The stored tensor behind a value, if it is an initializer that is not trained, or a Constant. */
  constantOf(value: string): Tensor | undefined {
    return this.tensors.get(value);
  }

  private record(node: OnnxNode): void {
    const inferred = this.infer(node);
    node.outputs.forEach((name, i) => {
      const facts = inferred[i] ?? {};
      if (!name) return;
      this.facts.set(name, facts.dims ? facts : { ...this.declared.get(name), ...withoutUndefined(facts) });
      if (this.factsOf(name).dims) return;
      const before = node.inputs.map((input) => this.origins.get(input)).find((origin) => origin !== undefined);
      this.origins.set(name, before ?? nodeLabel(node));
    });
  }
}

const withoutUndefined = ({ type }: Facts): Facts => (type === undefined ? {} : { type });

function attributeOf(name: string, value: AttributeInput[string]): Attribute[] {
  if (value === undefined) return [];
  if (typeof value === "number") return [intAttribute(name, value)];
  if (typeof value === "string") return [stringAttribute(name, value)];
  if ("dims" in value) return [tensorAttribute(name, value)];
  return "type" in value ? [{ name, ...value }] : [intsAttribute(name, value)];
}
