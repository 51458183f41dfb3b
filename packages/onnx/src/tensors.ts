/** Tensors to typed arrays and back. */
import { ARRAYS, dtypeName, type TypedArray } from "./dtypes.js";
import { OnnxError } from "./errors.js";
import { type ExternalData, tensorBytes } from "./external.js";
import { DataType, type Tensor } from "./types.js";

/** Number of elements: the product of the dimensions, 1 for a scalar (`[]`). */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

function checkDims(name: string, dims: readonly number[]): number {
  const count = elementCount(dims);
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0) || !Number.isSafeInteger(count)) {
    throw new OnnxError(`tensor "${name}": dimensions should be integers >= 0, got [${dims.join(", ")}]`);
  }
  return count;
}

const TYPES = new Map<unknown, number>([
  [Float32Array, DataType.float],
  [Float64Array, DataType.double],
  [Int8Array, DataType.int8],
  [Uint8Array, DataType.uint8],
  [Int16Array, DataType.int16],
  [Uint16Array, DataType.uint16],
  [Int32Array, DataType.int32],
  [Uint32Array, DataType.uint32],
  [BigInt64Array, DataType.int64],
  [BigUint64Array, DataType.uint64],
]);

/**
 * A tensor of the array's own element type, or of `dataType` where the array holds its bits (bool, float16).
 * The tensor is a view on `values`.
 *
 * @throws OnnxError where the number of values is not the product of `dims`.
 * @example makeTensor("w", [2, 2], new Float32Array([1, 0, 0, 1]))
 */
export function makeTensor(name: string, dims: readonly number[], values: TypedArray, dataType?: number): Tensor {
  const type = dataType ?? TYPES.get(values.constructor);
  if (type === undefined)
    throw new OnnxError(`tensor "${name}": ${values.constructor.name} holds no ONNX element type`);
  const array = ARRAYS[type as keyof typeof ARRAYS];
  if (array?.BYTES_PER_ELEMENT !== values.BYTES_PER_ELEMENT) {
    throw new OnnxError(`tensor "${name}": ${values.constructor.name} cannot hold ${dtypeName(type)}`);
  }
  if (checkDims(name, dims) !== values.length) {
    throw new OnnxError(
      `tensor "${name}" of shape [${dims.join(", ")}] needs ${elementCount(dims)} values, got ${values.length}`,
    );
  }
  return {
    name,
    dims: [...dims],
    dataType: type,
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/**
 * A tensor's elements. A view where the bytes are aligned, else a copy: do not write into it.
 * float16 and bfloat16 come as their bits in a `Uint16Array`, bool as 0 and 1.
 *
 * @throws OnnxError for types without a JavaScript array, a byte length other than dims × element size, external data
 *   that is missing or out of bounds.
 */
export function tensorValues(tensor: Tensor, externalData?: ExternalData): TypedArray {
  const array = ARRAYS[tensor.dataType as keyof typeof ARRAYS];
  if (!array) throw new OnnxError(`tensor "${tensor.name}": elements of ${dtypeName(tensor.dataType)} cannot be read`);
  const count = checkDims(tensor.name, tensor.dims);
  const bytes = tensorBytes(tensor, externalData);
  const expected = count * array.BYTES_PER_ELEMENT;
  if (bytes.length !== expected) {
    const shape = `${dtypeName(tensor.dataType)}[${tensor.dims.join(", ")}]`;
    throw new OnnxError(`tensor "${tensor.name}" of ${shape} needs ${expected} bytes, got ${bytes.length}`);
  }
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}

/** A tensor's elements as numbers, for shapes, axes and scalars. @throws OnnxError for integers beyond 2^53. */
export function tensorNumbers(tensor: Tensor, externalData?: ExternalData): number[] {
  return Array.from(tensorValues(tensor, externalData) as ArrayLike<number | bigint>, (value) => {
    const number = Number(value);
    if (typeof value === "bigint" && !Number.isSafeInteger(number) && Math.abs(number) !== 2 ** 63) {
      throw new OnnxError(`tensor "${tensor.name}": the integer ${value} does not fit a JavaScript number exactly`);
    }
    return number;
  });
}
