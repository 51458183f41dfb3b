/** Element types that the writers know, and their bytes. */
import { IdinitError, show } from "../errors.js";
import type { HalfArray } from "./half.js";

/** Arrays that can be written. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | HalfArray;

/** A tensor to write: row-major values and their shape. */
export interface TensorEntry {
  readonly data: TensorData;
  /** Integers >= 0 whose product is the number of values; `[]` for a scalar. */
  readonly shape: readonly number[];
}

/** The type's name in both formats. */
export interface Dtype {
  /** Absent where NumPy has no such type. */
  readonly npy?: string;
  readonly safetensors: string;
  /** Bytes of one element. */
  readonly width: number;
}

export const F32: Dtype = { npy: "<f4", safetensors: "F32", width: 4 };
export const F16: Dtype = { npy: "<f2", safetensors: "F16", width: 2 };
export const BF16: Dtype = { safetensors: "BF16", width: 2 };

/** Finds the type of an array; throws for any other kind. `prefix` opens the message. */
export function dtypeOf(data: TensorData, prefix: string): Dtype {
  if (data instanceof Float32Array) return F32;
  if (data instanceof Float64Array) return { npy: "<f8", safetensors: "F64", width: 8 };
  if (data instanceof Int32Array) return { npy: "<i4", safetensors: "I32", width: 4 };
  if (data instanceof BigInt64Array) return { npy: "<i8", safetensors: "I64", width: 8 };
  if (data instanceof Uint8Array) return { npy: "|u1", safetensors: "U8", width: 1 };
  if (isHalf(data)) return data.dtype === "float16" ? F16 : BF16;
  throw new IdinitError(
    `${prefix}data must be a Float32Array, Float64Array, Int32Array, BigInt64Array, Uint8Array, or what float16 or bfloat16 made, got ${typeof data}`,
  );
}

export function isHalf(data: { readonly dtype?: unknown; readonly bits?: unknown } | null): data is HalfArray {
  return (data?.dtype === "float16" || data?.dtype === "bfloat16") && data.bits instanceof Uint16Array;
}

/** The array that holds the elements, one each. */
function elementsOf(data: TensorData): Exclude<TensorData, HalfArray> | Uint16Array {
  return "bits" in data ? data.bits : data;
}

/** Checks that the shape is one and holds as many values as there are. */
export function checkShape({ data, shape }: TensorEntry, prefix: string): void {
  if (!Array.isArray(shape) || !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new IdinitError(`${prefix}shape must be an array of integers >= 0, got ${show(shape)}`);
  }
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const { length } = elementsOf(data);
  if (size !== length) {
    throw new IdinitError(`${prefix}shape ${show(shape)} needs ${size} values, got ${length}`);
  }
}

/** Whether the machine stores the low byte first, as both formats do. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The values' bytes, little-endian: a view where the machine is so, else a copy. */
export function littleEndianBytes(data: TensorData): Uint8Array {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width } = elementsOf(data);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (LITTLE_ENDIAN || width === 1) return bytes;
  const swapped = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) swapped[i] = bytes[i - (i % width) + width - 1 - (i % width)]!;
  return swapped;
}

/** A string of ASCII characters as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** JSON as bytes: what is not ASCII is escaped, so that one character is one byte. */
export function jsonBytes(json: string): Uint8Array {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return asciiBytes(json.replace(/[\u0080-\uffff]/g, escaped));
}
