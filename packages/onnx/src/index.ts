export {
  floatAttribute,
  floatsAttribute,
  getAttribute,
  getFloat,
  getFloats,
  getGraph,
  getInt,
  getInts,
  getString,
  getTensor,
  graphAttribute,
  intAttribute,
  intsAttribute,
  nodeLabel,
  stringAttribute,
  tensorAttribute,
} from "./attributes.js";
export type { Dtype, GraphBuilderOptions, NodeInput, NodeOptions, Shape } from "./builder.js";
export { GraphBuilder } from "./builder.js";
export type { AttributeInput } from "./builder-attributes.js";
export { decodeModel } from "./decode.js";
export type { DtypeName, TypedArray } from "./dtypes.js";
export { dtypeName, dtypeNumber, elementBytes } from "./dtypes.js";
export { encodeModel } from "./encode.js";
export { OnnxError } from "./errors.js";
export type { ExternalData } from "./external.js";
export { tensorBytes } from "./external.js";
export { elementCount, makeTensor, tensorNumbers, tensorValues } from "./tensors.js";
export type {
  Attribute,
  AttributeValue,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  Preserved,
  Tensor,
  ValueInfo,
} from "./types.js";
export { DataType } from "./types.js";
