/** Reads what {@link safetensors} writes, and any other safetensors file of the same element types. */
import { IdinitError, show } from "../errors.js";
import { LITTLE_ENDIAN, type TensorData, type TensorEntry } from "./dtypes.js";

/** Tensors by name, in the order of their bytes, and the header's free text. */
export interface SafetensorsFile {
  readonly tensors: Map<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An element type: its bytes, and the array of a buffer of them. */
interface Elements {
  readonly width: number;
  readonly arrayOf: (buffer: ArrayBuffer) => TensorData;
}

const TYPES: ReadonlyMap<string, Elements> = new Map<string, Elements>([
  ["F16", { width: 2, arrayOf: (buffer) => ({ dtype: "float16", bits: new Uint16Array(buffer) }) }],
  ["BF16", { width: 2, arrayOf: (buffer) => ({ dtype: "bfloat16", bits: new Uint16Array(buffer) }) }],
  ["F32", { width: 4, arrayOf: (buffer) => new Float32Array(buffer) }],
  ["F64", { width: 8, arrayOf: (buffer) => new Float64Array(buffer) }],
  ["I32", { width: 4, arrayOf: (buffer) => new Int32Array(buffer) }],
  ["I64", { width: 8, arrayOf: (buffer) => new BigInt64Array(buffer) }],
  ["U8", { width: 1, arrayOf: (buffer) => new Uint8Array(buffer) }],
]);

/** Length field before the header. */
const PREAMBLE = 8;

/**
 * The tensors of a `.safetensors` file, copied out of its bytes.
 *
 * Strict, as the format asks: the tensors' bytes follow each other without gaps or overlap and fill the file.
 *
 * Source: the format's description in huggingface/safetensors.
 *
 * @param file Bytes of the file; element types float16, bfloat16, float32, float64, int32, int64 and uint8.
 * @throws {IdinitError} that names the tensor, for a header or a size that is wrong and for other element types.
 * @example const { tensors, metadata } = readSafetensors(await readFile("model.safetensors"))
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, start } = readHeader(file);
  const body = file.length - start;
  const metadata = readMetadata(header.get("__metadata__"));
  header.delete("__metadata__");
  const places = [...header]
    .map(([name, field]) => readPlace(name, field))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of places) {
    if (begin !== at) fail(`tensor ${show(name)}: its bytes should start at ${at}, got ${begin}`);
    if (end > body) fail(`tensor ${show(name)}: its bytes end at ${end}, the file has ${body}`);
    at = end;
  }
  if (at !== body) fail(`${body - at} bytes belong to no tensor`);
  const tensors = places.map(({ name, arrayOf, width, shape, begin, end }): [string, TensorEntry] => {
    const bytes = file.slice(start + begin, start + end);
    return [name, { data: arrayOf(nativeBytes(bytes, width)), shape }];
  });
  return { tensors: new Map(tensors), metadata };
}

function readHeader(file: Uint8Array): { header: Map<string, unknown>; start: number } {
  if (!(file instanceof Uint8Array)) fail(`expected the bytes of a file as a Uint8Array, got ${typeof file}`);
  if (file.length < PREAMBLE) fail(`a file has at least ${PREAMBLE} bytes, got ${file.length}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = PREAMBLE + Number(view.getBigUint64(0, true));
  if (start > file.length) fail(`the header should end at byte ${start}, the file has ${file.length}`);
  let header: unknown;
  try {
    header = JSON.parse(utf8(file.subarray(PREAMBLE, start)));
  } catch {
    fail("the header is no JSON");
  }
  if (!isRecord(header)) fail("the header is no JSON object");
  return { header: new Map(Object.entries(header)), start };
}

function readMetadata(given: unknown = {}): Record<string, string> {
  if (isRecord(given) && Object.values(given).every((text) => typeof text === "string")) {
    return given as Record<string, string>;
  }
  return fail("__metadata__ must be an object of strings");
}

interface Place extends Elements {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readPlace(name: string, field: unknown): Place {
  const where = `tensor ${show(name)}: `;
  if (!isRecord(field)) return fail(`${where}expected dtype, shape and data_offsets, got ${show(field)}`);
  const { dtype, shape, data_offsets: offsets } = field;
  const type = TYPES.get(dtype as string);
  if (!type) return fail(`${where}dtype must be one of ${[...TYPES.keys()].join(", ")}, got ${show(dtype)}`);
  if (!isSizes(shape)) return fail(`${where}shape must be an array of integers >= 0, got ${show(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2)
    return fail(`${where}data_offsets must be two integers, got ${show(offsets)}`);
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, type.width);
  if (end - begin !== bytes) fail(`${where}shape ${show(shape)} of ${dtype} needs ${bytes} bytes, got ${end - begin}`);
  return { name, ...type, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function fail(text: string): never {
  throw new IdinitError(`safetensors: ${text}`);
}

/** Text from UTF-8; a decoder of the platform's is not at hand in every engine. */
function utf8(bytes: Uint8Array): string {
  const escaped: string[] = [];
  for (const byte of bytes)
    escaped.push(byte < 128 && byte !== 37 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`);
  return decodeURIComponent(escaped.join(""));
}

/** A buffer of values of `width` bytes in the machine's order; `bytes` is a copy that may be turned. */
function nativeBytes(bytes: Uint8Array, width: number): ArrayBuffer {
  if (!LITTLE_ENDIAN) for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return bytes.buffer as ArrayBuffer;
}
