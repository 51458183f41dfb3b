/** The safetensors file format: many named tensors in one file. */
import { IdinitError, show } from "../errors.js";
import { checkShape, dtypeOf, littleEndianBytes, type TensorEntry } from "./dtypes.js";
import { safetensorsHeader } from "./safetensorsHeader.js";

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
  if (!(tensors instanceof Map)) throw new IdinitError(`safetensors: tensors must be a Map, got ${show(tensors)}`);
  for (const [name, entry] of tensors) {
    const prefix = `safetensors: tensor ${JSON.stringify(name)}: `;
    dtypeOf(entry.data, prefix);
    checkShape(entry, prefix);
  }
  const entries = [...tensors]
    .map(([name, { data, shape }]) => ({ name, data, shape, dtype: dtypeOf(data, "safetensors: ") }))
    .sort((a, b) => b.dtype.width - a.dtype.width);
  yield safetensorsHeader(entries, metadata);
  for (const { data } of entries) yield littleEndianBytes(data);
}
