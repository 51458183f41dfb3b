/** Protobuf bytes to objects, by the tables in `schema.ts`. Weights are views on the given bytes, never copies. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { OnnxError } from "./errors.js";
import { modelFromWire, type WireMessage } from "./from-wire.js";
import { type Field, type MessageName, SCHEMA } from "./schema.js";
import type { OnnxModel } from "./types.js";

/** Messages inside messages, as protobuf's own readers allow. */
export const MAX_DEPTH = 100;

const FIELDS = Object.fromEntries(
  Object.entries(SCHEMA).map(([name, fields]) => [name, new Map(fields.map((f) => [f.number, f]))]),
) as Record<MessageName, Map<number, Field>>;

/** INT64_MAX and INT64_MIN mean "to the end" in slices; they map to ±2^63, which encode maps back. */
function safeInteger(value: bigint): number {
  if (value === 2n ** 63n - 1n) return 2 ** 63;
  const number = Number(value);
  if (!Number.isSafeInteger(number) && value !== -(2n ** 63n)) {
    throw new OnnxError(`the integer ${value} does not fit a JavaScript number exactly`);
  }
  return number;
}

class Decoder {
  readonly path: string[] = [];
  readonly reader: BinaryReader;

  constructor(private readonly bytes: Uint8Array) {
    this.reader = new BinaryReader(bytes);
  }

  /** One message that ends at `end`, merged into `into` (protobuf's rule for a field that comes twice). */
  message(name: MessageName, end: number, into: WireMessage): WireMessage {
    if (this.path.length > MAX_DEPTH) throw new OnnxError(`messages are nested deeper than ${MAX_DEPTH}`);
    while (this.reader.pos < end) {
      const start = this.reader.pos;
      const [number, wire] = this.reader.tag();
      const known = FIELDS[name].get(number);
      if (known === undefined) {
        this.reader.skip(wire, number);
        (into.rest ??= []).push(this.bytes.subarray(start, this.reader.pos));
      } else {
        this.path.push(known.key);
        this.field(known, wire, into);
        this.path.pop();
      }
      if (this.reader.pos > end) throw new OnnxError(`a field ends ${this.reader.pos - end} bytes past its message`);
    }
    return into;
  }

  private field(field: Field, wire: WireType, into: WireMessage): void {
    const { key, type } = field;
    if (!field.repeated) {
      into[key] = this.value(type, wire, into[key]);
      return;
    }
    const list = (into[key] ??= []) as unknown[];
    if (wire === WireType.LengthDelimited && PACKABLE.has(type)) {
      const start = this.reader.pos;
      const chunk = this.reader.bytes();
      if (type === "fixed32" || type === "fixed64") {
        list.push(chunk);
        return;
      }
      const end = this.reader.pos;
      this.reader.pos = end - chunk.length;
      while (this.reader.pos < end) list.push(this.scalar(type));
      if (this.reader.pos !== end) throw new OnnxError(`packed values from byte ${start} end past their length`);
      return;
    }
    list.push(this.value(type, wire, undefined));
  }

  private value(type: Field["type"], wire: WireType, previous: unknown): unknown {
    const expected = WIRE_TYPES[type as keyof typeof WIRE_TYPES] ?? WireType.LengthDelimited;
    if (wire !== expected) throw new OnnxError(`expected wire type ${expected}, got ${wire}`);
    if (type in SCHEMA) {
      const length = this.reader.uint32();
      const end = this.reader.pos + length;
      if (end > this.bytes.length)
        throw new OnnxError(`${length} bytes announced, ${this.bytes.length - this.reader.pos} left`);
      return this.message(type as MessageName, end, (previous as WireMessage | undefined) ?? {});
    }
    return this.scalar(type);
  }

  private scalar(type: Field["type"]): unknown {
    const reader = this.reader;
    switch (type) {
      case "string":
        return reader.string();
      case "bytes":
        return reader.bytes();
      case "int32":
        return reader.int32();
      case "int64":
        return safeInteger(BigInt(reader.int64()));
      case "bigint":
        return BigInt(reader.int64());
      case "float":
        return reader.float();
      default: {
        const start = reader.pos;
        reader.skip(type === "fixed32" ? WireType.Bit32 : WireType.Bit64);
        return this.bytes.subarray(start, reader.pos);
      }
    }
  }
}

const WIRE_TYPES = {
  int32: WireType.Varint,
  int64: WireType.Varint,
  bigint: WireType.Varint,
  float: WireType.Bit32,
  fixed32: WireType.Bit32,
  fixed64: WireType.Bit64,
} as const;

const PACKABLE: ReadonlySet<Field["type"]> = new Set(Object.keys(WIRE_TYPES) as Field["type"][]);

/**
 * Reads an ONNX model. Tensors' data are views on `bytes`; typed element lists (`float_data`, ...) become little-endian `data`.
 * Fields the types do not list are kept in `rest` and written back by {@link encodeModel}.
 *
 * @throws OnnxError for anything but a Uint8Array, and, naming the byte offset and the field, for bytes that are truncated, not
 *   a model, nested deeper than 100 messages, or hold an integer beyond ±(2^53 − 1) other than INT64_MIN and INT64_MAX (read
 *   as ∓2^63).
 * @example decodeModel(await readFile("model.onnx")).graph.nodes.length
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  // By its tag, because a page's frame or a test runner has a Uint8Array of its own.
  const given = Object.prototype.toString.call(bytes);
  if (given !== "[object Uint8Array]") throw new OnnxError(`expected the model's bytes as a Uint8Array, got ${given}`);
  // A Node Buffer would hand its own kind on, whose slice() is not a copy.
  const decoder = new Decoder(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    const wire = decoder.message("model", bytes.length, {});
    decoder.path.length = 0;
    return modelFromWire(wire);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (decoder.path.length === 0) throw new OnnxError(`not an ONNX model: ${reason}`, { cause: error });
    const place = decoder.path.slice(0, 12).join(".");
    throw new OnnxError(`not an ONNX model: byte ${decoder.reader.pos} of ${bytes.length}, in ${place}: ${reason}`, {
      cause: error,
    });
  }
}
