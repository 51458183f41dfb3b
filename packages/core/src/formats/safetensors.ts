/** The safetensors file format: many named tensors, a JSON header before them. */
import { IdinitError } from "../errors.js";
import { asciiBytes, checkShape, dtypeOf, littleEndianBytes, type TensorEntry } from "./dtypes.js";

/** The longest header that readers accept, in bytes. */
const HEADER_LIMIT = 100_000_000;

/**
 * Named tensors as the bytes of a `.safetensors` file.
 *
 * Tensors of wider types come first, so that each starts at a multiple of its element size; otherwise the map's order is
 * kept. Everything is checked before the first byte is made.
 *
 * Source: the format's description in huggingface/safetensors.
 *
 * @param tensors Values and shape of each tensor, by name; `"__metadata__"` is reserved.
 * @param metadata Free text by name, put in the header.
 * @throws {IdinitError} that names the tensor, for a type or shape that doesn't fit.
 * @example safetensors(new Map([["fc.weight", { data: idi().generate([10, 4]), shape: [10, 4] }]]))
 */
export function safetensors(
  tensors: ReadonlyMap<string, TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const file = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

/**
 * The same bytes as {@link safetensors}, piece by piece: first the header, then each tensor. The pieces view the tensors'
 * own memory, so nothing is copied; write a piece before changing its tensor.
 *
 * Checks run at the first step, before any piece is handed out.
 *
 * @example for (const chunk of safetensorsChunks(tensors)) await file.write(chunk)
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array, void, undefined> {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") {
      throw new IdinitError(`safetensors: metadata must be strings, got ${typeof text} for ${JSON.stringify(key)}`);
    }
  }
  for (const [name, entry] of tensors) {
    const prefix = `safetensors: tensor ${JSON.stringify(name)}: `;
    if (name === "__metadata__") throw new IdinitError(`${prefix}the name is reserved by the format`);
    dtypeOf(entry.data, prefix);
    checkShape(entry, prefix);
  }
  const entries = [...tensors].sort((a, b) => b[1].data.BYTES_PER_ELEMENT - a[1].data.BYTES_PER_ELEMENT);
  // A list of pairs, not an object: an object would put names that look like integers first and lose "__proto__".
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const [name, entry] of entries) {
    const dtype = dtypeOf(entry.data, "safetensors: ").safetensors;
    const end = offset + entry.data.byteLength;
    fields.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape: entry.shape, data_offsets: [offset, end] })}`,
    );
    offset = end;
  }
  yield header(`{${fields.join(",")}}`);
  for (const [, { data }] of entries) yield littleEndianBytes(data);
}

/** Length as a 64-bit little-endian integer, then the JSON text, filled up with spaces to a multiple of 8 bytes. */
function header(json: string): Uint8Array {
  // Escapes keep the text ASCII, so that its length in characters is that in bytes.
  const ascii = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const length = Math.ceil(ascii.length / 8) * 8;
  if (length > HEADER_LIMIT) {
    throw new IdinitError(`safetensors: the header must not exceed ${HEADER_LIMIT} bytes, got ${length}`);
  }
  const bytes = new Uint8Array(8 + length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(asciiBytes(ascii.padEnd(length)), 8);
  return bytes;
}
