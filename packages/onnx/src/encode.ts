/** Objects to protobuf bytes, by the tables in `schema.ts`. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { MAX_DEPTH } from "./decode.js";
import { OnnxError } from "./errors.js";
import { type FieldType, type MessageName, SCHEMA } from "./schema.js";
import { toWire } from "./to-wire.js";
import type { OnnxModel } from "./types.js";

/** Protobuf messages end at 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;

function writeMessage(writer: BinaryWriter, name: MessageName, value: object, path: readonly string[]): void {
  if (path.length > MAX_DEPTH) throw new OnnxError(`messages are nested deeper than ${MAX_DEPTH}`);
  const wire = toWire(name, value);
  for (const { number, key, type, repeated, default: fallback } of SCHEMA[name]) {
    const content = wire[key];
    if (content === undefined || content === fallback) continue;
    for (const item of repeated ? (content as readonly unknown[]) : [content]) {
      try {
        writeValue(writer, number, type, item, [...path, key]);
      } catch (error) {
        if (error instanceof OnnxError) throw error;
        throw new OnnxError(
          `cannot encode ${[...path, key].join(".")}: ${error instanceof Error ? error.message : error}`,
          { cause: error },
        );
      }
    }
  }
  if (wire.rest) writer.raw(wire.rest);
}

function writeValue(
  writer: BinaryWriter,
  number: number,
  type: FieldType,
  value: unknown,
  path: readonly string[],
): void {
  switch (type) {
    case "string":
      writer.tag(number, WireType.LengthDelimited).string(value as string);
      return;
    case "bytes":
      if ((value as Uint8Array).length > MAX_BYTES) throw new OnnxError(tooLarge(path));
      writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
      return;
    case "int32":
      writer.tag(number, WireType.Varint).int32(value as number);
      return;
    case "int64":
      writer.tag(number, WireType.Varint).int64(int64(value as number, path));
      return;
    case "float":
      writer.tag(number, WireType.Bit32).float(value as number);
      return;
    case "bigint":
    case "fixed32":
    case "fixed64":
      throw new OnnxError(`${path.join(".")}: tensors are written from data`);
    default:
      writer.tag(number, WireType.LengthDelimited).fork();
      writeMessage(writer, type, value as object, path);
      writer.join();
  }
}

function int64(value: number, path: readonly string[]): bigint {
  if (value === 2 ** 63) return 2n ** 63n - 1n;
  if (!Number.isSafeInteger(value) && value !== -(2 ** 63)) {
    throw new OnnxError(`cannot encode ${path.join(".")}: expected an integer within ±(2^53 - 1), got ${value}`);
  }
  return BigInt(value);
}

const tooLarge = (path: readonly string[]) =>
  `${path.join(".")} is larger than 2 GiB: protobuf cannot hold it, use external data`;

/**
 * Writes an ONNX model; the reverse of {@link decodeModel}.
 *
 * @throws OnnxError naming the field: a value that its field cannot hold, a tensor without exactly one form of data,
 *   messages nested deeper than 100, more than 2 GiB.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  try {
    writeMessage(writer, "model", model, []);
  } catch (error) {
    if (error instanceof RangeError) throw new OnnxError(tooLarge(["model"]), { cause: error });
    throw error;
  }
  const bytes = writer.finish();
  if (bytes.length > MAX_BYTES) throw new OnnxError(tooLarge(["model"]));
  return bytes;
}
