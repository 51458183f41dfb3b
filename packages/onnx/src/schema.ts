/**
 * The ONNX protobuf schema as data: field numbers, keys and types of every message that the library understands.
 * Messages whose public form differs from their wire form (tensors, attributes, value infos) have a converter in `convert.ts`.
 */

/**
 * How a field is stored. `fixed32` and `fixed64` are repeated floats and doubles taken as their little-endian bytes, so that
 * weights stay views; `bigint` is int64 that may exceed 2^53 (tensor elements); `message` refers to another table.
 */
export type FieldType =
  | "string"
  | "bytes"
  | "int32"
  | "int64"
  | "bigint"
  | "float"
  | "fixed32"
  | "fixed64"
  | MessageName;

export interface Field {
  readonly number: number;
  readonly key: string;
  readonly type: FieldType;
  readonly repeated?: true;
  /** Filled in where the field is absent; not written where the value equals it. */
  readonly default?: string | number;
}

const field = (number: number, key: string, type: FieldType, fallback?: string | number): Field =>
  fallback === undefined ? { number, key, type } : { number, key, type, default: fallback };
const repeated = (number: number, key: string, type: FieldType): Field => ({ number, key, type, repeated: true });

export type MessageName =
  | "model"
  | "opset"
  | "function"
  | "graph"
  | "node"
  | "attribute"
  | "tensor"
  | "valueInfo"
  | "type"
  | "tensorType"
  | "shape"
  | "dimension"
  | "entry";

export const SCHEMA: Readonly<Record<MessageName, readonly Field[]>> = {
  model: [
    field(1, "irVersion", "int64", 0),
    field(2, "producerName", "string", ""),
    field(3, "producerVersion", "string", ""),
    field(4, "domain", "string", ""),
    field(5, "modelVersion", "int64", 0),
    field(6, "docString", "string", ""),
    field(7, "graph", "graph"),
    repeated(8, "opsetImports", "opset"),
    repeated(14, "metadata", "entry"),
    repeated(25, "functions", "function"),
  ],
  opset: [field(1, "domain", "string", ""), field(2, "version", "int64", 0)],
  function: [
    field(1, "name", "string", ""),
    repeated(4, "inputs", "string"),
    repeated(5, "outputs", "string"),
    repeated(6, "attributes", "string"),
    repeated(7, "nodes", "node"),
    field(8, "docString", "string"),
    repeated(9, "opsetImports", "opset"),
    field(10, "domain", "string", ""),
    repeated(11, "attributeDefaults", "attribute"),
  ],
  graph: [
    repeated(1, "nodes", "node"),
    field(2, "name", "string", ""),
    repeated(5, "initializers", "tensor"),
    field(10, "docString", "string"),
    repeated(11, "inputs", "valueInfo"),
    repeated(12, "outputs", "valueInfo"),
    repeated(13, "valueInfo", "valueInfo"),
  ],
  node: [
    repeated(1, "inputs", "string"),
    repeated(2, "outputs", "string"),
    field(3, "name", "string", ""),
    field(4, "opType", "string", ""),
    repeated(5, "attributes", "attribute"),
    field(6, "docString", "string"),
    field(7, "domain", "string", ""),
  ],
  attribute: [
    field(1, "name", "string", ""),
    field(2, "float", "float"),
    field(3, "int", "int64"),
    field(4, "string", "bytes"),
    field(5, "tensor", "tensor"),
    field(6, "graph", "graph"),
    repeated(7, "floats", "float"),
    repeated(8, "ints", "int64"),
    repeated(9, "strings", "bytes"),
    repeated(10, "tensors", "tensor"),
    repeated(11, "graphs", "graph"),
    field(13, "docString", "string"),
    field(20, "type", "int32"),
    field(21, "reference", "string"),
  ],
  tensor: [
    repeated(1, "dims", "int64"),
    field(2, "dataType", "int32", 0),
    repeated(4, "floatData", "fixed32"),
    repeated(5, "int32Data", "int32"),
    repeated(6, "strings", "bytes"),
    repeated(7, "int64Data", "bigint"),
    field(8, "name", "string", ""),
    field(9, "data", "bytes"),
    repeated(10, "doubleData", "fixed64"),
    repeated(11, "uint64Data", "bigint"),
    field(12, "docString", "string"),
    repeated(13, "external", "entry"),
    field(14, "dataLocation", "int32"),
  ],
  valueInfo: [field(1, "name", "string", ""), field(2, "type", "type"), field(3, "docString", "string")],
  type: [field(1, "tensorType", "tensorType")],
  tensorType: [field(1, "elemType", "int32", 0), field(2, "shape", "shape")],
  shape: [repeated(1, "dims", "dimension")],
  dimension: [field(1, "value", "int64"), field(2, "parameter", "string"), field(3, "denotation", "string")],
  entry: [field(1, "key", "string", ""), field(2, "value", "string", "")],
};

/** Attribute types (AttributeProto.AttributeType) whose value is a listed field, by number. */
export const ATTRIBUTE_TYPES = [
  undefined,
  "float",
  "int",
  "string",
  "tensor",
  "graph",
  "floats",
  "ints",
  "strings",
  "tensors",
  "graphs",
] as const;
