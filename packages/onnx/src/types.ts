/** ONNX messages as plain typed objects: the names are those of the ONNX protobuf schema in camelCase, 64-bit integers are numbers. */

/** Encoded protobuf fields that a type does not list; they are written back as they came. */
export interface Preserved {
  rest?: Uint8Array;
}

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
export interface Tensor extends Preserved {
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

/** The value of an attribute by its type. */
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
  /** Inside a function: the value is that of the function's attribute of this name. */
  | { type: "reference"; value: string; attributeType: number }
  /** Sparse tensors and type protos: kept as they came, written back as they are. */
  | { type: "other"; value: Uint8Array };

/** A named attribute of a node. */
export type Attribute = { name: string; docString?: string } & Preserved & AttributeValue;

export interface OnnxNode extends Preserved {
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
export interface ValueInfo extends Preserved {
  name: string;
  /** Absent for non-tensor types. */
  elemType?: number;
  /** Absent where the rank is unknown. */
  shape?: (number | string | undefined)[];
  /** Meanings of the dimensions (`DATA_BATCH`, ...), where the file states any. */
  denotations?: (string | undefined)[];
  docString?: string;
}

export interface OnnxGraph extends Preserved {
  name: string;
  nodes: OnnxNode[];
  initializers: Tensor[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  valueInfo: ValueInfo[];
  docString?: string;
}

/** A function of the model's own: a node whose domain and opType are its domain and name stands for its nodes. */
export interface OnnxFunction extends Preserved {
  name: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  /** Names of attributes that a call must give. */
  attributes: string[];
  /** Attributes with defaults. */
  attributeDefaults: Attribute[];
  nodes: OnnxNode[];
  opsetImports: { domain: string; version: number }[];
  docString?: string;
}

/** A model. Fields not listed (sparse initializers, training info, unknown fields of newer schemas) survive decode → encode. */
export interface OnnxModel extends Preserved {
  irVersion: number;
  opsetImports: { domain: string; version: number }[];
  producerName: string;
  producerVersion: string;
  domain: string;
  modelVersion: number;
  docString: string;
  graph: OnnxGraph;
  metadata: Record<string, string>;
  /** Absent where the model has none. */
  functions?: OnnxFunction[];
}
