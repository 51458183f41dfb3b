/** From decoded wire messages to the public types: unions for attributes, one form of data for tensors, flat value infos. */
import { concatBytes } from "./bytes.js";
import { elementBytes } from "./dtypes.js";
import { OnnxError } from "./errors.js";
import { ATTRIBUTE_TYPES, type MessageName, SCHEMA } from "./schema.js";
import type { Attribute, OnnxModel, Tensor, ValueInfo } from "./types.js";

/** A message as decoded: fields by key, unlisted fields as byte ranges. */
export interface WireMessage {
  [key: string]: unknown;
  rest?: Uint8Array[];
}

/** Converts a decoded model. @throws OnnxError where a message contradicts itself. */
export function modelFromWire(wire: WireMessage): OnnxModel {
  if (wire.graph === undefined) throw new OnnxError("it has no graph");
  if (wire.opsetImports === undefined) throw new OnnxError("it imports no operator set");
  return fromWire("model", wire) as OnnxModel;
}

type Converter = (message: WireMessage) => object;

const CONVERTERS: Partial<Record<MessageName, Converter>> = {
  tensor: tensorFromWire,
  attribute: attributeFromWire,
  valueInfo: valueInfoFromWire,
};

function fromWire(name: MessageName, wire: WireMessage): object {
  const convert = CONVERTERS[name];
  return convert ? convert(wire) : plainFromWire(name, wire);
}

/** Fields in the tables' order, absent lists empty, defaults filled in, key-value lists as records. */
function plainFromWire(name: MessageName, wire: WireMessage): WireMessage {
  const out: Record<string, unknown> = {};
  for (const { key, type, repeated, default: fallback } of SCHEMA[name]) {
    const value = wire[key];
    if (repeated) {
      const list = (value ?? []) as unknown[];
      if (type === "entry") out[key] = record(list as WireMessage[]);
      else if (list.length > 0 || key !== "functions")
        out[key] = type in SCHEMA ? list.map((v) => fromWire(type as MessageName, v as WireMessage)) : list;
    } else if (value !== undefined) {
      out[key] = type in SCHEMA ? fromWire(type as MessageName, value as WireMessage) : value;
    } else if (fallback !== undefined) {
      out[key] = fallback;
    }
  }
  return withRest(out, wire);
}

function withRest<T extends object>(out: T, wire: WireMessage): T {
  return wire.rest ? Object.assign(out, { rest: concatBytes(wire.rest) }) : out;
}

const record = (entries: readonly WireMessage[]): Record<string, string> =>
  Object.fromEntries(entries.map((e) => [(e.key ?? "") as string, (e.value ?? "") as string]));

function attributeFromWire(wire: WireMessage): Attribute {
  // Converted once: a second time at every level of nested graphs would double the work at each.
  const plain = plainFromWire("attribute", wire);
  const { name, docString } = plain as unknown as Attribute;
  const head = docString === undefined ? { name } : { name, docString };
  if (wire.reference) {
    return withRest(
      { ...head, type: "reference", value: wire.reference as string, attributeType: (wire.type ?? 0) as number },
      wire,
    );
  }
  const type = ATTRIBUTE_TYPES[(wire.type ?? 0) as number] ?? (wire.type ? undefined : presentType(wire));
  if (type === undefined) {
    return {
      ...head,
      type: "other",
      value: concatBytes([...(wire.rest ?? []), typeField((wire.type ?? 0) as number)]),
    };
  }
  const value = plain[type] ?? IMPLICIT[type as keyof typeof IMPLICIT];
  if (value === undefined) throw new OnnxError(`attribute "${name}" is declared as ${type} but holds none`);
  return withRest({ ...head, type, value } as Attribute, wire);
}

/** proto3 writers leave out zeros. */
const IMPLICIT = { float: 0, int: 0, string: new Uint8Array(0) } as const;

/** Files of the first IR versions state no type: it is the field that is set. */
const presentType = (wire: WireMessage) =>
  ATTRIBUTE_TYPES.find((type) => type !== undefined && wire[type] !== undefined);

/** Field 20, a varint: the attribute's type. */
const typeField = (type: number) => new Uint8Array([0xa0, 0x01, type & 0x7f]);

function tensorFromWire(wire: WireMessage): Tensor {
  const plain = plainFromWire("tensor", wire);
  const tensor: Tensor = {
    name: plain.name as string,
    dims: plain.dims as number[],
    dataType: plain.dataType as number,
  };
  if (plain.docString !== undefined) tensor.docString = plain.docString as string;
  if (wire.dataLocation === 1) tensor.external = plain.external as Record<string, string>;
  else if (tensor.dataType === 8) tensor.strings = plain.strings as Uint8Array[];
  else tensor.data = (wire.data as Uint8Array | undefined) ?? listedData(tensor, wire);
  return withRest(tensor, wire);
}

/** The typed element lists as little-endian bytes; floats and doubles are on the wire like that already. */
function listedData(tensor: Tensor, wire: WireMessage): Uint8Array {
  const fixed = (wire.floatData ?? wire.doubleData) as Uint8Array[] | undefined;
  if (fixed) return concatBytes(fixed);
  const wide = (wire.int64Data ?? wire.uint64Data) as bigint[] | undefined;
  const narrow = wire.int32Data as number[] | undefined;
  const count = wide?.length ?? narrow?.length ?? 0;
  const size = elementBytes(tensor.dataType);
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const value = wide ? wide[i]! : BigInt(narrow![i]!);
    if (size === 8) view.setBigInt64(i * 8, value, true);
    else if (size === 4) view.setUint32(i * 4, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(i * 2, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(i, Number(BigInt.asUintN(8, value)));
  }
  return bytes;
}

function valueInfoFromWire(wire: WireMessage): ValueInfo {
  const info: ValueInfo = { name: (wire.name ?? "") as string };
  if (wire.docString !== undefined) info.docString = wire.docString as string;
  const type = wire.type as WireMessage | undefined;
  const tensor = type?.tensorType as WireMessage | undefined;
  if (tensor) {
    info.elemType = (tensor.elemType ?? 0) as number;
    const shape = tensor.shape as WireMessage | undefined;
    if (shape) {
      const dims = (shape.dims ?? []) as { value?: number; parameter?: string; denotation?: string }[];
      info.shape = dims.map((d) => d.value ?? d.parameter);
      if (dims.some((d) => d.denotation)) info.denotations = dims.map((d) => d.denotation);
    }
  }
  const kept = [...(wire.rest ?? []), ...nested(2, [...(type?.rest ?? []), ...nested(1, tensor?.rest ?? [])])];
  if (kept.length > 0) info.rest = concatBytes(kept);
  return info;
}

/** Fields of an inner message as one more occurrence of the outer field: protobuf merges them when read. */
function nested(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  if (parts.length === 0) return [];
  const inner = concatBytes(parts);
  const head: number[] = [(number << 3) | 2];
  let length = inner.length;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return [new Uint8Array([...head, length]), inner];
}
