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

/** An integer attribute, `fallback` where the node has none. @throws OnnxError for an attribute of another type. */
export const getInt = <F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F => get(node, name, "int") ?? (fallback as F);
/** A float attribute, `fallback` where the node has none. @throws OnnxError for an attribute of another type. */
export const getFloat = <F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F => get(node, name, "float") ?? (fallback as F);
/** A list of integers, if the node has it. @throws OnnxError for an attribute of another type. */
export const getInts = (node: OnnxNode, name: string): readonly number[] | undefined => get(node, name, "ints");
/** A list of floats, if the node has it. @throws OnnxError for an attribute of another type. */
export const getFloats = (node: OnnxNode, name: string): readonly number[] | undefined => get(node, name, "floats");
/** A tensor attribute, if the node has it. @throws OnnxError for an attribute of another type. */
export const getTensor = (node: OnnxNode, name: string): Tensor | undefined => get(node, name, "tensor");
/** A graph attribute (a branch or a body), if the node has it. @throws OnnxError for an attribute of another type. */
export const getGraph = (node: OnnxNode, name: string): OnnxGraph | undefined => get(node, name, "graph");
/** A string attribute, `fallback` where the node has none. @throws OnnxError for an attribute of another type. */
export function getString<F extends string | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): string | F {
  const bytes = get(node, name, "string");
  return bytes === undefined ? (fallback as F) : getTextEncoding().decodeUtf8(bytes);
}

/** An integer attribute; a plain number does not tell it from a float. */
export const intAttribute = (name: string, value: number): Attribute => ({ name, type: "int", value });
/** A float attribute; a plain number does not tell it from an integer. */
export const floatAttribute = (name: string, value: number): Attribute => ({ name, type: "float", value });
/** A string attribute, in UTF-8. */
export const stringAttribute = (name: string, value: string): Attribute => ({
  name,
  type: "string",
  value: getTextEncoding().encodeUtf8(value),
});
/** An attribute that is a list of integers. */
export const intsAttribute = (name: string, value: readonly number[]): Attribute => ({
  name,
  type: "ints",
  value: [...value],
});
/** An attribute that is a list of floats. */
export const floatsAttribute = (name: string, value: readonly number[]): Attribute => ({
  name,
  type: "floats",
  value: [...value],
});
/** An attribute that is a tensor. */
export const tensorAttribute = (name: string, value: Tensor): Attribute => ({ name, type: "tensor", value });
/** An attribute that is a graph: a branch of If, the body of Loop or Scan. */
export const graphAttribute = (name: string, value: OnnxGraph): Attribute => ({ name, type: "graph", value });
