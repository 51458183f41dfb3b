/** From the public types back to wire messages, the reverse of `from-wire.ts`. */
import { OnnxError } from "./errors.js";
import { ATTRIBUTE_TYPES, type MessageName } from "./schema.js";
import type { Attribute, Tensor, ValueInfo } from "./types.js";

/** A message ready for encoding: fields by key, and bytes to append. */
export type Encodable = { readonly [key: string]: unknown; readonly rest?: Uint8Array };

const entries = (record: Record<string, string>) => Object.entries(record).map(([key, value]) => ({ key, value }));

function attributeToWire(attribute: Attribute): Encodable {
  const { type, value, ...head } = attribute;
  if (type === "other") return { ...head, rest: value };
  if (type === "reference") return { ...head, reference: value, type: attribute.attributeType };
  return { ...head, [type]: value, type: ATTRIBUTE_TYPES.indexOf(type) };
}

function tensorToWire(tensor: Tensor): Encodable {
  const { external, ...rest } = tensor;
  const forms = [tensor.data, tensor.strings, external].filter((form) => form !== undefined).length;
  if (forms !== 1)
    throw new OnnxError(`tensor "${tensor.name}" needs exactly one of data, strings and external, got ${forms}`);
  return external ? { ...rest, external: entries(external), dataLocation: 1 } : rest;
}

function valueInfoToWire(info: ValueInfo): Encodable {
  const { elemType, shape, denotations, ...head } = info;
  if (elemType === undefined) return head;
  const dims = shape?.map((dim, i) => ({
    ...(typeof dim === "number" ? { value: dim } : typeof dim === "string" ? { parameter: dim } : {}),
    ...(denotations?.[i] ? { denotation: denotations[i] } : {}),
  }));
  return { ...head, type: { tensorType: dims ? { elemType, shape: { dims } } : { elemType } } };
}

/** The wire form of a message of the given kind. */
export function toWire(name: MessageName, value: object): Encodable {
  if (name === "attribute") return attributeToWire(value as Attribute);
  if (name === "tensor") return tensorToWire(value as Tensor);
  if (name === "valueInfo") return valueInfoToWire(value as ValueInfo);
  if (name === "model")
    return { ...value, metadata: entries((value as { metadata: Record<string, string> }).metadata) };
  return value as Encodable;
}
