/** ONNX messages as plain typed objects: the names are those of the ONNX protobuf schema in camelCase, 64-bit integers are numbers. */

/** Element types of ONNX tensors (TensorProto.DataType). */
export const DataType = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
} as const;

/** A stored tensor. Exactly one of `data`, `strings` and `external` is set. */
export interface Tensor {
  name: string;
  dims: number[];
  /** A value of {@link DataType}. */
  dataType: number;
  /** Little-endian elements, row-major; may be a view on the model's bytes. */
  data?: Uint8Array;
  strings?: Uint8Array[];
  /** Bytes outside the model: key-value pairs `location`, `offset`, `length`, ... */
  external?: Record<string, string>;
  docString?: string;
}

export type AttributeValue =
  | { type: "float"; value: number }
  | { type: "int"; value: number }
  | { type: "string"; value: Uint8Array }
  | { type: "tensor"; value: Tensor }
  | { type: "graph"; value: OnnxGraph }
  | { type: "floats"; value: number[] }
  | { type: "ints"; value: number[] }
  | { type: "strings"; value: Uint8Array[] }
  | { type: "tensors"; value: Tensor[] }
  | { type: "graphs"; value: OnnxGraph[] }
  /** Sparse tensors, type protos and references inside functions: kept as they came, written back as they are. */
  | { type: "other"; value: Uint8Array };

export type Attribute = { name: string; docString?: string } & AttributeValue;

export interface OnnxNode {
  name: string;
  opType: string;
  /** `""` is the standard ONNX domain. */
  domain: string;
  /** `""` stands for an omitted optional input. */
  inputs: string[];
  outputs: string[];
  attributes: Attribute[];
  docString?: string;
}

/** A tensor type with possibly symbolic dimensions: a number, a name, or `undefined` where unknown. */
export interface ValueInfo {
  name: string;
  /** Absent for non-tensor types. */
  elemType?: number;
  /** Absent where the rank is unknown. */
  shape?: (number | string | undefined)[];
  docString?: string;
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: Tensor[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  valueInfo: ValueInfo[];
  docString?: string;
}

/** A model. Fields not listed (functions, metadata, sparse initializers, unknown fields of newer schemas) survive decode → encode. */
export interface OnnxModel {
  irVersion: number;
  opsetImports: { domain: string; version: number }[];
  producerName: string;
  producerVersion: string;
  domain: string;
  modelVersion: number;
  docString: string;
  graph: OnnxGraph;
  metadata: Record<string, string>;
}
