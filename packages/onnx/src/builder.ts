/** Building ONNX models node by node. */
import { type AttributeInput, toAttributes } from "./builder-attributes.js";
import { type DtypeName, dtypeNumber, type TypedArray } from "./dtypes.js";
import { OnnxError } from "./errors.js";
import { makeTensor } from "./tensors.js";
import type { OnnxModel, OnnxNode, Tensor, ValueInfo } from "./types.js";

/** Name of an element type, ONNX's own or that of JavaScript's arrays. */
export type Dtype = DtypeName | "float32" | "float64";
/** A number, a name for a dimension known only at run time, or `undefined` for one that is unknown. */
export type Shape = readonly (number | string | undefined)[];
/** An input of a node: a value's name; `undefined` or `""` for an optional input left out. */
export type NodeInput = string | undefined;

/** What {@link GraphBuilder} writes into the model. */
export interface GraphBuilderOptions {
  /** Version of the standard operators. Default 18. */
  readonly opset?: number;
  /** The graph's name. Default `"graph"`. */
  readonly name?: string;
  /** Default 8, which opset 18 came with. */
  readonly irVersion?: number;
}

/** What a node has beside inputs and attributes. */
export interface NodeOptions {
  /** Name of the node. Default: made from its first output. */
  readonly name?: string;
  readonly domain?: string;
  /** How many outputs, or their names (`""` leaves one out). Default 1. */
  readonly outputs?: number | readonly string[];
}

/**
 * Collects inputs, initializers and nodes in order and makes a model of them. Every method that makes a value returns its name,
 * which is unique in the graph: a name that is taken gets a number.
 *
 * @example
 * const g = new GraphBuilder({ name: "mlp" });
 * const x = g.input("x", "float32", ["batch", 784]);
 * const w = g.initializer("w", [10, 784], weights);
 * g.output(g.node("Gemm", [x, w], { transB: 1 }), "float32", ["batch", 10]);
 * const bytes = encodeModel(g.build());
 */
export class GraphBuilder {
  readonly opset: number;
  private readonly options: GraphBuilderOptions;
  private readonly taken = new Set<string>();
  private readonly known = new Set<string>();
  private readonly counters = new Map<string, number>();
  private readonly constants = new Map<string, string>();
  private readonly domains = new Map<string, number>();
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly initializers: Tensor[] = [];
  private readonly nodes: OnnxNode[] = [];

  constructor(options: GraphBuilderOptions = {}) {
    this.options = options;
    this.opset = options.opset ?? 18;
  }

  /** A name that no value has yet: `hint` itself, or `hint_1`, `hint_2`, ... */
  uniqueName(hint: string): string {
    let name = hint;
    for (let n = this.counters.get(hint) ?? 1; this.taken.has(name); n++) {
      name = `${hint}_${n}`;
      this.counters.set(hint, n + 1);
    }
    this.taken.add(name);
    return name;
  }

  /** A value that the caller feeds. @throws OnnxError if the name is taken: inputs are addressed by it. */
  input(name: string, dtype: Dtype, shape: Shape): string {
    this.claim(name);
    this.inputs.push({ name, elemType: dtypeNumber(dtype), shape: [...shape] });
    return name;
  }

  /** A stored tensor, from its values or as it is. @throws OnnxError if the name is taken: weights are addressed by it. */
  initializer(tensor: Tensor): string;
  initializer(name: string, dims: readonly number[], values: TypedArray, dtype?: Dtype): string;
  initializer(first: string | Tensor, dims: readonly number[] = [], values?: TypedArray, dtype?: Dtype): string {
    const tensor =
      typeof first === "string"
        ? makeTensor(first, dims, values!, dtype === undefined ? undefined : dtypeNumber(dtype))
        : first;
    this.claim(tensor.name);
    this.initializers.push(tensor);
    return tensor.name;
  }

  /** A constant, stored once however often it is asked for. */
  constant(dims: readonly number[], values: TypedArray, dtype?: Dtype): string {
    const tensor = makeTensor("constant", dims, values, dtype === undefined ? undefined : dtypeNumber(dtype));
    const key = `${tensor.dataType}:${dims.join(",")}:${tensor.data!.join(",")}`;
    let name = this.constants.get(key);
    if (name === undefined) {
      name = this.uniqueName("constant");
      this.constants.set(key, name);
      this.known.add(name);
      this.initializers.push({ ...tensor, name, data: tensor.data!.slice() });
    }
    return name;
  }

  /** A constant of shape `[]`: float32 unless told otherwise. */
  scalar(value: number, dtype: "float32" | "float64" | "int32" | "int64" | "bool" = "float32"): string {
    switch (dtype) {
      case "float32":
        return this.constant([], Float32Array.of(value));
      case "float64":
        return this.constant([], Float64Array.of(value));
      case "int32":
        return this.constant([], Int32Array.of(value));
      case "int64":
        return this.constant([], BigInt64Array.of(BigInt(value)));
      case "bool":
        return this.constant([], Uint8Array.of(value ? 1 : 0), "bool");
    }
  }

  /** A constant int64 vector: shapes, axes, slice bounds. */
  int64s(values: readonly number[]): string {
    return this.constant(
      [values.length],
      BigInt64Array.from(values, (value) => BigInt(value)),
    );
  }

  /**
   * An operation. Attributes may be plain values: whole numbers become int, except where ONNX wants a float (`alpha`, `epsilon`, ...).
   *
   * @returns the output's name, or all names where `outputs` is a list or a number above 1.
   * @throws OnnxError where an input is no value made so far.
   */
  node(
    op: string,
    inputs: readonly NodeInput[],
    attributes?: AttributeInput,
    options?: NodeOptions & { outputs?: 1 },
  ): string;
  node(
    op: string,
    inputs: readonly NodeInput[],
    attributes: AttributeInput | undefined,
    options: NodeOptions,
  ): string[];
  node(
    op: string,
    inputs: readonly NodeInput[],
    attributes: AttributeInput = {},
    options: NodeOptions = {},
  ): string | string[] {
    const { outputs = 1, domain = "" } = options;
    const missing = inputs.find((input) => input && !this.known.has(input));
    if (missing) throw new OnnxError(`node ${op}: input "${missing}" is not a value of this graph (yet)`);
    const hint = options.name ?? op.toLowerCase();
    const names =
      typeof outputs === "number"
        ? Array.from({ length: outputs }, (_, i) => this.uniqueName(i === 0 ? hint : `${hint}_${i}`))
        : [...outputs];
    for (const name of names) {
      if (typeof outputs !== "number" && name !== "") this.claim(name);
      this.known.add(name);
    }
    if (domain !== "") this.domains.set(domain, 1);
    this.nodes.push({
      name: options.name ?? names.find((name) => name !== "") ?? "",
      opType: op,
      domain,
      inputs: inputs.map((input) => input ?? ""),
      outputs: names,
      attributes: toAttributes(op, attributes),
    });
    return outputs === 1 ? names[0]! : names;
  }

  /** Marks a value as a result of the graph. @throws OnnxError if there is no such value. */
  output(value: string, dtype: Dtype, shape?: Shape): string {
    if (!this.known.has(value)) throw new OnnxError(`output "${value}" is not a value of this graph`);
    this.outputs.push({ name: value, elemType: dtypeNumber(dtype), ...(shape && { shape: [...shape] }) });
    return value;
  }

  /** The model so far. @throws OnnxError without outputs. */
  build(): OnnxModel {
    if (this.outputs.length === 0) throw new OnnxError("a graph needs at least one output");
    return {
      irVersion: this.options.irVersion ?? 8,
      opsetImports: [
        { domain: "", version: this.opset },
        ...[...this.domains].map(([domain, version]) => ({ domain, version })),
      ],
      producerName: "idinit",
      producerVersion: "",
      domain: "",
      modelVersion: 0,
      docString: "",
      graph: {
        name: this.options.name ?? "graph",
        nodes: [...this.nodes],
        initializers: [...this.initializers],
        inputs: [...this.inputs],
        outputs: [...this.outputs],
        valueInfo: [],
      },
      metadata: {},
    };
  }

  private claim(name: string): void {
    if (name === "" || this.taken.has(name)) throw new OnnxError(`the name "${name}" is ${name ? "taken" : "empty"}`);
    this.taken.add(name);
    this.known.add(name);
  }
}
