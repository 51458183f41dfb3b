/** What opens a `.safetensors` file: the table of its tensors. */
import { checkObject, IdinitError } from "../errors.js";
import { type Dtype, jsonBytes } from "./dtypes.js";

/** The longest header that readers accept, in bytes. */
const HEADER_LIMIT = 100_000_000;

/** Fills up the text. */
const SPACE = 32;

/** One tensor of the table. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Pick<Dtype, "safetensors" | "width">;
  readonly shape: readonly number[];
}

/**
 * Length as a 64-bit little-endian integer, then the JSON text, filled up with spaces to a multiple of 8 bytes. The tensors lie
 * one behind the other in the order given.
 *
 * @throws {IdinitError} for the reserved name, metadata that are not strings and a table that readers refuse for its length.
 */
export function safetensorsHeader(
  entries: readonly HeaderEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  checkObject("safetensors", "metadata", metadata);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") {
      throw new IdinitError(`safetensors: metadata must be strings, got ${typeof text} for ${JSON.stringify(key)}`);
    }
  }
  // A list of pairs, not an object: an object would put names that look like integers first and lose "__proto__".
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const { name, dtype, shape } of entries) {
    if (name === "__metadata__") {
      throw new IdinitError(`safetensors: tensor ${JSON.stringify(name)}: the name is reserved by the format`);
    }
    const end = shape.reduce((product, dimension) => product * dimension, dtype.width) + offset;
    const info = { dtype: dtype.safetensors, shape, data_offsets: [offset, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    offset = end;
  }
  const json = jsonBytes(`{${fields.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > HEADER_LIMIT) {
    throw new IdinitError(`safetensors: the header must not exceed ${HEADER_LIMIT} bytes, got ${length}`);
  }
  const bytes = new Uint8Array(8 + length).fill(SPACE);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
