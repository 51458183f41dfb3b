/** Element types: names, sizes, JavaScript arrays. */
import { DataType } from "./types.js";

/** Name of an element type, a key of {@link DataType}. */
export type DtypeName = keyof typeof DataType;

const NAMES = new Map(Object.entries(DataType).map(([name, number]) => [number as number, name as DtypeName]));

/** `"float"` is what everybody else calls `"float32"`, `"double"` `"float64"`. */
const COMMON: Partial<Record<DtypeName, string>> = { float: "float32", double: "float64" };

/** Types that this library carries along without reading their elements, for messages. */
const UNREAD: Readonly<Record<number, string>> = {
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
};

/** The usual name of an element type: `float32` for 1, `type 99` for a number this library does not know. */
export function dtypeName(dataType: number): string {
  const name = NAMES.get(dataType);
  return name === undefined ? (UNREAD[dataType] ?? `type ${dataType}`) : (COMMON[name] ?? name);
}

/** The DataType number of a name: those of {@link DataType} and `float32`, `float64`. */
export function dtypeNumber(name: DtypeName | "float32" | "float64"): number {
  return DataType[name === "float32" ? "float" : name === "float64" ? "double" : name];
}

const SIZES: Record<number, number> = {
  [DataType.float]: 4,
  [DataType.uint16]: 2,
  [DataType.int16]: 2,
  [DataType.int32]: 4,
  [DataType.int64]: 8,
  [DataType.float16]: 2,
  [DataType.double]: 8,
  [DataType.uint32]: 4,
  [DataType.uint64]: 8,
  [DataType.complex64]: 8,
  [DataType.complex128]: 16,
  [DataType.bfloat16]: 2,
};

/** Bytes per element; 1 for every 8-bit type and, packed, for narrower ones. */
export const elementBytes = (dataType: number): number => SIZES[dataType] ?? 1;

/** The arrays that tensors are made of and read as. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Arrays that hold a type's elements; float16 and bfloat16 as their bits, bool as 0 and 1. */
export const ARRAYS = {
  [DataType.float]: Float32Array,
  [DataType.double]: Float64Array,
  [DataType.int8]: Int8Array,
  [DataType.uint8]: Uint8Array,
  [DataType.bool]: Uint8Array,
  [DataType.int16]: Int16Array,
  [DataType.uint16]: Uint16Array,
  [DataType.float16]: Uint16Array,
  [DataType.bfloat16]: Uint16Array,
  [DataType.int32]: Int32Array,
  [DataType.uint32]: Uint32Array,
  [DataType.int64]: BigInt64Array,
  [DataType.uint64]: BigUint64Array,
} as const;
