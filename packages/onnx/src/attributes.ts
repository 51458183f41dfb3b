/** Reading and making node attributes. */
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import { OnnxError } from "./errors.js";
import type { Attribute, AttributeValue, OnnxGraph, OnnxNode, Tensor } from "./types.js";

type ValueOf<T extends AttributeValue["type"]> = Extract<AttributeValue, { type: T }>["value"];

/** A node for messages: its name where it has one, else its first output. */
export const nodeLabel = (node: OnnxNode): string => `"${node.name || node.outputs[0] || "?"}" (${node.opType})`;

/** The attribute of this name, if any. */
export function getAttribute(node: OnnxNode, name: string): Attribute | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

function get<T extends AttributeValue["type"]>(node: OnnxNode, name: string, type: T): ValueOf<T> | undefined {
  const attribute = getAttribute(node, name);
  if (attribute === undefined) return undefined;
  if (attribute.type !== type)
    throw new OnnxError(`node ${nodeLabel(node)}: attribute ${name} should be ${type}, got ${attribute.type}`);
  return (attribute as { value: unknown }).value as ValueOf<T> | undefined;
}

/** Each reader returns `fallback` where the node has no such attribute, and throws an OnnxError where its type is another. */
export const getInt = <F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F => get(node, name, "int") ?? (fallback as F);
export const getFloat = <F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F => get(node, name, "float") ?? (fallback as F);
export const getInts = (node: OnnxNode, name: string): readonly number[] | undefined => get(node, name, "ints");
export const getFloats = (node: OnnxNode, name: string): readonly number[] | undefined => get(node, name, "floats");
export const getTensor = (node: OnnxNode, name: string): Tensor | undefined => get(node, name, "tensor");
export const getGraph = (node: OnnxNode, name: string): OnnxGraph | undefined => get(node, name, "graph");
export function getString<F extends string | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): string | F {
  const bytes = get(node, name, "string");
  return bytes === undefined ? (fallback as F) : getTextEncoding().decodeUtf8(bytes);
}

/** Constructors, for attributes whose type a plain value does not tell. */
export const intAttribute = (name: string, value: number): Attribute => ({ name, type: "int", value });
export const floatAttribute = (name: string, value: number): Attribute => ({ name, type: "float", value });
export const stringAttribute = (name: string, value: string): Attribute => ({
  name,
  type: "string",
  value: getTextEncoding().encodeUtf8(value),
});
export const intsAttribute = (name: string, value: readonly number[]): Attribute => ({
  name,
  type: "ints",
  value: [...value],
});
export const floatsAttribute = (name: string, value: readonly number[]): Attribute => ({
  name,
  type: "floats",
  value: [...value],
});
export const tensorAttribute = (name: string, value: Tensor): Attribute => ({ name, type: "tensor", value });
export const graphAttribute = (name: string, value: OnnxGraph): Attribute => ({ name, type: "graph", value });
