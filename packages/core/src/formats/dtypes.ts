/** Element types that the writers know, and their bytes. */
import { IdinitError } from "../errors.js";
import { show } from "../shape.js";

/** Arrays that can be written. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A tensor to write: row-major values and their shape. */
export interface TensorEntry {
  readonly data: TensorData;
  /** Integers >= 0 whose product is the number of values; `[]` for a scalar. */
  readonly shape: readonly number[];
}

/** The type's name in both formats. */
export interface Dtype {
  readonly npy: string;
  readonly safetensors: string;
}

/** Finds the type of an array; throws for any other kind. `prefix` opens the message. */
export function dtypeOf(data: TensorData, prefix: string): Dtype {
  if (data instanceof Float32Array) return { npy: "<f4", safetensors: "F32" };
  if (data instanceof Float64Array) return { npy: "<f8", safetensors: "F64" };
  if (data instanceof Int32Array) return { npy: "<i4", safetensors: "I32" };
  if (data instanceof BigInt64Array) return { npy: "<i8", safetensors: "I64" };
  if (data instanceof Uint8Array) return { npy: "|u1", safetensors: "U8" };
  throw new IdinitError(
    `${prefix}data must be a Float32Array, Float64Array, Int32Array, BigInt64Array or Uint8Array, got ${typeof data}`,
  );
}

/** Checks that the shape is one and holds as many values as there are. */
export function checkShape({ data, shape }: TensorEntry, prefix: string): void {
  if (!Array.isArray(shape) || !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new IdinitError(`${prefix}shape must be an array of integers >= 0, got ${show(shape)}`);
  }
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size !== data.length) {
    throw new IdinitError(`${prefix}shape ${show(shape)} needs ${size} values, got ${data.length}`);
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The values' bytes, little-endian: a view where the machine is so, else a copy. */
export function littleEndianBytes(data: TensorData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (LITTLE_ENDIAN || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = new Uint8Array(bytes.length);
  const width = data.BYTES_PER_ELEMENT;
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i - (i % width) + width - 1 - (i % width)]!;
  return swapped;
}

/** A string of ASCII characters as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
