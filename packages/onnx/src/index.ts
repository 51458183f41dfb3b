export type { Attribute, AttributeValue, OnnxGraph, OnnxModel, OnnxNode, Tensor, ValueInfo } from "./types.js";
export { DataType } from "./types.js";
